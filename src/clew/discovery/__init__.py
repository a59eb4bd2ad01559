"""Journey drafts from events; planned against actual; staleness of a map."""
