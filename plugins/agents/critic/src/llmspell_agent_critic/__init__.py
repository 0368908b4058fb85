"""The ready-made agent `critic`."""
