"""Turns to put into sessions."""

from __future__ import annotations

from typing import Any

from llmspell.message import Message, ToolCall, Usage
from llmspell.result import CallRecord
from llmspell.sessions import Turn


def turn(number: int, said: str = "", **more: Any) -> Turn:
    """A turn in which a tool was called."""
    call = ToolCall(f"c{number}", "look", '{"at": 1}')
    return Turn(
        **{
            "number": number,
            "asked": "desk",
            "agent": "desk",
            "input": said or f"question {number}",
            "messages": (
                Message("user", said or f"question {number}"),
                Message("assistant", "", (call,)),
                Message("tool", "seen", (), call.id),
                Message("assistant", f"answer {number}"),
            ),
            "calls": (CallRecord(call.id, "look", {"at": 1}, {"seen": [b"\x00"]}, None, 0.5),),
            "usage": Usage(10, 5),
            "cost": 0.25,
            "time": 1000.0 + number,
            "duration": 0.5,
            **more,
        }
    )
