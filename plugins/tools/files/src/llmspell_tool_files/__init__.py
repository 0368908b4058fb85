"""Tools for files: read, write, search, compare, watch, archive."""
