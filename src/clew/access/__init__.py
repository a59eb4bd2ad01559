"""Users, roles, sign-in, keys, audit: who may see and do what, decided in one place."""
