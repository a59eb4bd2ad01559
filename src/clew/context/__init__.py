"""What every team should know of an account, derived from its events: nothing in it is written down twice."""
