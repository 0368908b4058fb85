"""The ready-made agent `writer`."""
