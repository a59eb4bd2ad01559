"""From answers and facts to levels, from levels to a verdict."""
