"""From the inbox to the tail of the log: every acknowledged event is taken in once, or kept with the reason why not."""
