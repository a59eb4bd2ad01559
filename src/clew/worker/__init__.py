"""What runs by itself: leases are claimed, arriving events taken in, threads folded, the archive kept."""
