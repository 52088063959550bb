"""The limit for rooms: the least program with which two pages can call each other, and its pages."""
