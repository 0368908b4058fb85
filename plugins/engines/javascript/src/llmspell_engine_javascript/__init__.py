"""Runs JavaScript spells on V8, inline or in a worker process."""
