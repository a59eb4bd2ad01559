"""The duties of a worker, a module each: a turn does a bounded piece of work and says whether there is more."""
