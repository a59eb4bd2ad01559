"""Files of a workspace as people edit them on pages: read, checked with all others, written, kept aside."""
