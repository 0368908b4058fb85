"""Tools for documents: PDF, Word, Excel and pictures."""
