"""A small, fixed city to test against: in this process with a set clock, or as processes of its own."""
