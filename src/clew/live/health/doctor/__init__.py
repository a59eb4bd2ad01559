"""What is wrong with a workspace's data and settings, and how to mend it."""
