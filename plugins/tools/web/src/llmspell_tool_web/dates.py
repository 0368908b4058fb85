"""Dates as feeds write them, as ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime

_LONGEST = 100  # characters


def iso(text: str) -> str:
    """A date of RFC 822 or ISO 8601 in ISO 8601; as it was written where it is none."""
    text = " ".join(text[:_LONGEST].split())
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return text
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
