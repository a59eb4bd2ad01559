"""The diagnosis in words, as a letter, a page and JSON."""
