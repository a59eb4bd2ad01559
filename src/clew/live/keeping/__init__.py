"""From the tail to the archive: rows that were taken in become part of a generation; exports that were sent, too."""
