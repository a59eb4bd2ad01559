"""How the system is: figures measured in the database, readiness, and what `clew doctor` finds."""
