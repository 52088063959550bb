"""The demo city Kempten: its catalogue file, its clerks and their duties. Nothing here runs in production."""
