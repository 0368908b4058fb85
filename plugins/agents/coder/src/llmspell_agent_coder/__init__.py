"""The ready-made agent `coder`."""
