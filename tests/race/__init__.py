"""Many at once, through several processes, on both databases."""
