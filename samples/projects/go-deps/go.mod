module acme.example/engine/tools

go 1.19

require (
	github.com/google/uuid v1.3.0
	golang.org/x/sync v0.1.0
)
