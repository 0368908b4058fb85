"""The ready-made agent `analyst`."""
