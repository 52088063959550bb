"""The catalogue of 160 positions, and which test proves which of them."""
