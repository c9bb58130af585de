package main

import (
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

func main() { println(uuid.NewString()); new(errgroup.Group).Wait() }
