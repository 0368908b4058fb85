"""Counts, durations, tokens and cost of a run."""
