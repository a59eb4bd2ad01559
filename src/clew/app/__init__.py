"""Wiring: puts the real parts together; `serve` starts web and worker in one process."""
