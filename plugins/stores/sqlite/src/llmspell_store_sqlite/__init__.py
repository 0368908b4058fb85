"""Keeps values, histories and files in one SQLite file, safe from several processes."""
