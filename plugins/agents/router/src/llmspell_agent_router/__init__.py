"""The ready-made agent `router`."""
