"""A made-up operator run in three ways on the same calls, streets and people. `make bench-operator`; docs/how-to/operator.md."""
