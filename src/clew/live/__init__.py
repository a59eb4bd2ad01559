"""The living log: arriving events taken in, the fresh tail, stored runs, due instants."""
