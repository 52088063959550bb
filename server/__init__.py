"""The citizen office: HTTP, pages and database. Rooms' WebSockets live in the package `signaling`."""

__version__ = "0.1.0"
