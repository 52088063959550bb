"""The long sizes of what `make test` runs in small: `make soak`. Each has an end; none belongs in a quick run."""
