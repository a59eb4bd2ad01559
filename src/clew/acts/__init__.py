"""What people do in Clew: each act is an event of Clew's own source, written down before it is answered."""
