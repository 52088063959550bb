"""Sprechzeit from outside: HTTP, WebSockets and a real browser against the running office."""
