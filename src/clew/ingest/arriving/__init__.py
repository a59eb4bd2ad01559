"""The inbox of arriving events: appended in groups, answered after the commit."""
