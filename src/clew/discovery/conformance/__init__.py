"""What was planned beside what happened."""
