"""Runs JavaScript spells on QuickJS, inline or in a worker process."""
