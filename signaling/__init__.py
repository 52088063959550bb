"""WebRTC rooms: waiting room, admission, relaying of offers and candidates. No database, no citizen records."""
