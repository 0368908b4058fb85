"""Two agents of the OpenAI Agents SDK, of which one hands off to the other; tracing off. See `benchmarks.handoff`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import os

os.environ.setdefault("OPENAI_API_KEY", "x")  # the package wants one even where none is used

from agents import Agent, Model, ModelResponse, Runner, Usage, set_tracing_disabled
from benchmarks import handoff, timing
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

set_tracing_disabled(True)

NAME = f"transfer_to_{handoff.SECOND}"


class _InProcess(Model):
    async def get_response(self, *args, **options):
        """One item."""
        return ModelResponse(output=[self.item()], usage=Usage(), response_id=None)

    def stream_response(self, *args, **options):
        """Not used."""
        raise NotImplementedError


class HandsOff(_InProcess):
    """Hands off, without a server."""

    def item(self) -> ResponseFunctionToolCall:
        """The call that hands off."""
        return ResponseFunctionToolCall(type="function_call", call_id="call_1", name=NAME, arguments="{}")


class Answers(_InProcess):
    """Answers without a server."""

    def item(self) -> ResponseOutputMessage:
        """Words."""
        text = ResponseOutputText(text=timing.ANSWER, type="output_text", annotations=[])
        return ResponseOutputMessage(id="message", type="message", role="assistant", status="completed", content=[text])


async def make():
    """What runs the agents once."""
    second = Agent(
        name=handoff.SECOND,
        handoff_description=handoff.SECOND_DESCRIPTION,
        instructions=handoff.SECOND_SYSTEM,
        model=Answers(),
    )
    first = Agent(name=handoff.FIRST, instructions=handoff.FIRST_SYSTEM, model=HandsOff(), handoffs=[second])

    async def once() -> str:
        return (await Runner.run(first, timing.PROMPT)).final_output

    return once


if __name__ == "__main__":
    handoff.main(make)
