"""Documents a citizen sends ahead: upload, sealed store, the clerk's view, deletion."""
