"""Questions over the log to the second, as pages and programs ask them."""
