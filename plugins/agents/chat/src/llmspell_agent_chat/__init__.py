"""The ready-made agent `chat`."""
