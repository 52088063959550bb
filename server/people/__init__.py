"""The office's staff: sign-in, sessions, roles. Citizens have no account here."""
