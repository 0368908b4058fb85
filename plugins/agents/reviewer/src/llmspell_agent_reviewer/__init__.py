"""The ready-made agent `reviewer`."""
