"""Backups that keep keys apart, and restores that delete again what was deleted meanwhile. Who calls it is the command line."""
