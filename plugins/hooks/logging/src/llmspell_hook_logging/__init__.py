"""Structured log lines on standard error, secrets redacted."""
