"""What the configuration may say of an agent, whatever its type: `[agent.NAME]`."""

from __future__ import annotations

from typing import Any

import attrs

from llmspell.agent import AgentSpec, HandoffTo, ReturnPolicy
from llmspell.agents.compaction import Compaction


@attrs.frozen
class AgentTable:
    """The fields are those of `AgentSpec`; a type that takes more has a class below this one, with its own fields."""

    description: str = ""
    model: str = ""
    system: str = ""
    tools: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    handoffs: tuple[str, ...] = ()
    return_policy: ReturnPolicy = "stay"
    tool_choice: str | None = None
    approve: tuple[str, ...] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    max_turns: int = 16
    timeout: float | None = None
    compaction: Compaction | None = None

    def fill(self, spec: AgentSpec) -> AgentSpec:
        """The specification, with what the table says where it says nothing itself."""
        given = {field.name: getattr(self, field.name) for field in attrs.fields(AgentTable)}
        return filled(spec, **{**given, "handoffs": tuple(map(HandoffTo, self.handoffs))})


def filled(spec: AgentSpec, **values: Any) -> AgentSpec:  # Any: each field has a type of its own
    """The specification with these values, where it says nothing itself."""
    nothing = AgentSpec("")
    return attrs.evolve(
        spec, **{name: value for name, value in values.items() if getattr(spec, name) == getattr(nothing, name)}
    )
