"""Tools for text: templates, patterns, chunks, conversions, similarity, redaction."""
