package queue

import (
	"sync"
	"testing"
)

func TestRegistryAdd(t *testing.T) {
	r := &Registry{}
	r.Add("linux-1")
}

func TestDrain(t *testing.T) {
	r := &Registry{Done: make(chan string, 4)}
	go func() { r.Done <- "compile"; r.Done <- "link" }()
	r.Drain()
}

func TestCounter(t *testing.T) {
	r := &Registry{}
	var wait sync.WaitGroup
	for i := 0; i < 8; i++ {
		wait.Add(1)
		go func() { r.Count++; wait.Done() }()
	}
	wait.Wait()
	if r.Count != 8 {
		t.Errorf("%d counted, want 8", r.Count)
	}
}
