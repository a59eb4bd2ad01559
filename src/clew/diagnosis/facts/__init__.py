"""What the log shows: every fact with n and interval."""
