"""The log to the second: the archive in force and the tail behind it, looked at as one."""
