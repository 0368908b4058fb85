"""Times as the tools tell them."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(seconds: float) -> str:
    """The time so many seconds after 1970, in UTC, as ISO 8601; empty for one outside of the years 1 to 9999."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return ""
