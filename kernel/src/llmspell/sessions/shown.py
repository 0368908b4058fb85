"""Sessions and turns as JSON-like data for scripts, `--json` and people: times as ISO 8601, what is absent left out."""

from __future__ import annotations

from typing import Any

import attrs

from llmspell.events.log import iso
from llmspell.export import message_dict, usage_dict
from llmspell.sessions.parts import SessionInfo, Turn


def info_dict(info: SessionInfo) -> dict[str, Any]:
    """What is known of a session."""
    return _present(
        {
            "id": info.id,
            "title": info.about.title,
            "tags": list(info.about.tags),
            "user": info.about.user,
            "data": dict(info.about.data),
            "created": iso(info.created),
            "updated": iso(info.updated),
            "turns": info.turns,
            "usage": usage_dict(info.usage),
            "cost": info.cost,
            "agent": info.agent,
            "forked_from": None if info.forked_from is None else attrs.asdict(info.forked_from),
        }
    )


def turn_dict(turn: Turn) -> dict[str, Any]:
    """One turn."""
    return _present(
        {
            **attrs.asdict(turn, recurse=False),
            "messages": [message_dict(message) for message in turn.messages],
            "calls": [_present(attrs.asdict(call, recurse=False)) for call in turn.calls],
            "usage": usage_dict(turn.usage),
            "time": iso(turn.time),
        }
    )


def _present(shown: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shown.items() if value is not None}
