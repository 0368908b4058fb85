"""A stranger's text, fit for a terminal: nothing in it moves the cursor, hides letters or begins a line."""

from __future__ import annotations

from llmspell.approvals.approval import Approval

_NAME = 200
_HEAD, _TAIL = 1500, 300


def plain(text: str) -> str:
    """The text in one line; letters that cannot be seen, or that turn others round, are written as escapes."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def shortened(text: str, head: int = _HEAD, tail: int = _TAIL) -> str:
    """The text, or its beginning and end with a word on how much is left out between them."""
    left_out = len(text) - head - tail
    return text if left_out <= 0 else f"{text[:head]} [... {left_out} characters left out ...] {text[-tail:]}"


def lines(approval: Approval, *, whole: bool = False) -> list[str]:
    """The question for people; every line but the first is indented, so that no text can pass for a first one."""
    arguments = plain(approval.shown)
    found = [
        f"approval {approval.id}: {what(approval)}",
        f"  asked by {_quoted(approval.tool)} at {_quoted(approval.path)}",
        f"  because of {_quoted(approval.rule)}",
    ]
    return [*found, f"  arguments: {arguments if whole else shortened(arguments)}"] if arguments else found


def what(approval: Approval) -> str:
    """What would happen, in one line."""
    verb = {"tools": "call tool", "models": "ask model", "cost": "spend more:"}.get(approval.kind, approval.kind)
    return f"{verb} {_quoted(approval.target)}"


def _quoted(text: str) -> str:
    # The text's own quotes are escaped, so that it cannot end where it does not.
    return "'" + shortened(plain(text.replace("\\", "\\\\").replace("'", "\\'")), _NAME, 50) + "'"
