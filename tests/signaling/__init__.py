"""Signaling seen from outside: real WebSockets, a clock that the tests move."""
