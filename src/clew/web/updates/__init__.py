"""Live pages: one watcher of the database a process, a stream a page."""
