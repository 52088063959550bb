"""Pure rules that server and signaling both ask: about recordings, and how long what is kept. No I/O but for reading their own text, no clock."""
