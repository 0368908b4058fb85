"""The ready-made agent `planner`."""
