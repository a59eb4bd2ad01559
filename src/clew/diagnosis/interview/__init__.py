"""The questions that leaders are asked, and their answers."""
