package parse

import "testing"

func TestSplit(t *testing.T) {
	if got := len(Split("load level1")); got != 2 {
		t.Errorf("got %d words, want 2", got)
	}
}

func TestParseSize(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{{"12", 12}, {"12k", 12288}, {"", -1}} {
		t.Run(c.text, func(t *testing.T) {
			if got := Size(c.text); got != c.want {
				t.Errorf("Size(%q) = %d, want %d", c.text, got, c.want)
			}
		})
	}
}
