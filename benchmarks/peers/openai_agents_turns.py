"""A conversation with an agent of the OpenAI Agents SDK, in a session in memory; no traces. See `benchmarks.growth`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import os

os.environ.setdefault("OPENAI_API_KEY", "x")  # the package wants one even where none is used

from agents import Agent, Model, ModelResponse, Runner, SQLiteSession, Usage, set_tracing_disabled
from benchmarks import growth, timing
from openai.types.responses import ResponseOutputMessage, ResponseOutputText

set_tracing_disabled(True)


class Counts(Model):
    """Says how many messages it was sent, without a server."""

    async def get_response(self, system_instructions, input, *args, **options):  # noqa: A002  the contract's name
        """Words."""
        count = 1 if isinstance(input, str) else len(input)
        text = ResponseOutputText(text=str(count), type="output_text", annotations=[])
        message = ResponseOutputMessage(
            id="message", type="message", role="assistant", status="completed", content=[text]
        )
        return ModelResponse(output=[message], usage=Usage(), response_id=None)

    def stream_response(self, *args, **options):
        """Not used."""
        raise NotImplementedError


async def begin():
    """What takes a turn."""
    agent = Agent(name="weather", instructions=timing.SYSTEM, model=Counts())
    session = SQLiteSession("conversation")  # without a file it is in memory

    async def turn() -> int:
        return int((await Runner.run(agent, timing.PROMPT, session=session)).final_output)

    return turn


if __name__ == "__main__":
    growth.main(begin)
