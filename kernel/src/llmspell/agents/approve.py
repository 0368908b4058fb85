"""Which of its tools an agent may call only once a person has approved the call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llmspell.agent import AgentSpec
from llmspell.errors import UsageError
from llmspell.permissions.grants import Grants
from llmspell.tools.toolset import check_patterns


def approval_rules(spec: AgentSpec, names: Sequence[str]) -> Grants | None:
    """What a call of one of the agent's tools is held to, and all that it calls in turn; None where nothing is asked.

    Args:
        spec: the agent; `spec.approve` are the patterns.
        names: of all its tools.

    Raises:
        UsageError: no tool fits one of the patterns, or one is no pattern of tools.
    """
    if not spec.approve:
        return None
    try:
        check_patterns(spec.approve, names)
    except UsageError as error:
        error.message = f"agent {spec.name!r}: approve: {error.message}"
        error.component = f"agent:{spec.name}"
        raise
    return Grants.of({}, ask={"tools": spec.approve}, origin=f"agent {spec.name!r}", base=Path("/"))
