"""An agno team that routes to a member, which answers directly; telemetry off. See `benchmarks.handoff`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import json

from agno.agent import Agent
from agno.models.openai import OpenAIChat
from agno.models.response import ModelResponse
from agno.team import Team, TeamMode
from benchmarks import handoff, timing

ARGUMENTS = json.dumps({"member_id": handoff.SECOND, "task": timing.PROMPT})


class Routes(OpenAIChat):
    """Chooses the member, without a server."""

    async def ainvoke(self, messages, *args, **options):
        """The call that delegates."""
        function = {"name": "delegate_task_to_member", "arguments": ARGUMENTS}
        return ModelResponse(role="assistant", tool_calls=[{"id": "call_1", "type": "function", "function": function}])


class Answers(OpenAIChat):
    """Answers without a server."""

    async def ainvoke(self, messages, *args, **options):
        """Words."""
        return ModelResponse(role="assistant", content=timing.ANSWER)


async def make():
    """What runs the team once."""
    member = Agent(
        id=handoff.SECOND,
        name=handoff.SECOND,
        role=handoff.SECOND_DESCRIPTION,
        model=Answers(id="second", api_key="x"),
        instructions=handoff.SECOND_SYSTEM,
        telemetry=False,
    )
    team = Team(
        name=handoff.FIRST,
        mode=TeamMode.route,
        members=[member],
        model=Routes(id="first", api_key="x"),
        instructions=handoff.FIRST_SYSTEM,
        telemetry=False,
    )

    async def once() -> str:
        return (await team.arun(timing.PROMPT)).content

    return once


if __name__ == "__main__":
    handoff.main(make)
