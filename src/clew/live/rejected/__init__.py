"""Events that could not be used: seen, tried again once the mapping is mended, or discarded."""
