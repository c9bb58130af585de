package main

import (
	"fmt"
	"os"
)

type job struct{ name string }

func main() {
	jobs := []job{{"compile"}, {"link"}}
	var total int = "two"
	for i, j := range jobs {
		fmt.Println(j.Name, dispatch(j))
	}
	return total
}
