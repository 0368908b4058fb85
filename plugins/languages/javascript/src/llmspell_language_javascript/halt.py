"""Why a virtual machine ended a script, and how that reads as an error."""

from __future__ import annotations

import re
from typing import Any

from llmspell.engine import Limits

_BUDGET = re.compile(r"budget\.(.+)")


class Halted(Exception):
    """The virtual machine stopped the script, and is not used again.

    Args:
        cause: `cpu`, `memory`, `interrupt`, or `guest`, when the guest itself failed.
        stack: where the script was, in the engine's words; empty when the engine does not say.
    """

    def __init__(self, cause: str, stack: str = "") -> None:
        super().__init__(cause, stack)
        self.cause = cause
        self.stack = stack


def error_fields(halted: Halted, limits: Limits, reasons: list[str]) -> dict[str, Any]:
    """The error that a halted script ends with.

    Args:
        halted: why.
        limits: those of the script.
        reasons: what `interrupt` was called with, if it was.
    """
    if reasons and halted.cause != "memory":
        return _interrupted(reasons[0])
    match halted.cause:
        case "cpu":
            message = f"the script computed {limits.slice:.14g} seconds without a pause"
            return {"kind": "budget", "message": message, "details": {"budget": "cpu", "limit": limits.slice}}
        case "memory":
            message = "the script's values take more memory than allowed"
            return {"kind": "budget", "message": message, "details": {"budget": "memory", "limit": limits.memory}}
    return {"kind": "internal", "message": f"the JavaScript guest failed: {halted.stack}", "details": {}}


def _interrupted(reason: str) -> dict[str, Any]:
    if budget := _BUDGET.fullmatch(reason):
        name = budget[1]
        return {"kind": "budget", "message": f"the budget {name} is used up", "details": {"budget": name}}
    return {"kind": "cancelled", "message": reason, "details": {}}
