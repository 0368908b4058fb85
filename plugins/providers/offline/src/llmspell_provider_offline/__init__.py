"""A deterministic stand-in for a model, used when none is configured."""
