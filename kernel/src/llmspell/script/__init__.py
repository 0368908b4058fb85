"""The script API, declared once: one file per global, read by every engine, the docs and the editor typings."""
