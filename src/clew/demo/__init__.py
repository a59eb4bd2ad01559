"""The seeded firm: exports and workspace files of an invented supplier, with faults planted to be found."""
