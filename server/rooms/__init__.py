"""Who may enter a video room now, and the notices that come back from it. The rooms live in `signaling`."""
