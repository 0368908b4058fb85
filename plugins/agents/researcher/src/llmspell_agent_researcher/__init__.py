"""The ready-made agent `researcher`."""
