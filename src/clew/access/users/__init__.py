"""Users: who may sign in, as what, in which teams, with which accounts."""
