"""Pure rules about recordings that server and signaling both ask. No I/O, no imports, no clock."""
