module acme.example/engine

go 1.19
