"""Pages and API: a request becomes one call and its answer a page or JSON."""
