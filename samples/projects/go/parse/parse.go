package parse

import "strings"

// Split splits a command line at blanks.
func Split(line string) []string { return strings.Split(line, " ") }

// Size reads sizes such as 12k.
func Size(text string) int {
	size := 0
	for _, c := range strings.TrimSuffix(text, "k") {
		size = size*10 + int(c-'0')
	}
	return size
}
