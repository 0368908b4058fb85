"""A conversation with an llmspell agent: `turns.py [plain|tool]`; see `benchmarks.growth`.

Variants: `plain` (each turn is a question and an answer) and `tool` (each turn calls a tool before it answers).
"""

from __future__ import annotations

import sys

from benchmarks import growth, timing
from benchmarks.ours.agent_runs import AsyncWeather, make_kernel
from benchmarks.ours.models import forgetful

from llmspell.agent import AgentSpec
from llmspell.agents.chat import Chat
from llmspell.kernel import Kernel
from llmspell.message import ModelRequest
from llmspell.testing import Calls, Text

_CALL = Calls((timing.TOOL, timing.TOOL_ARGUMENTS))


def _make_kernel(*, calls: bool) -> Kernel:
    """A kernel whose model calls the tool if the user spoke last and `calls` says so, else counts the messages."""

    def answer(request: ModelRequest) -> Calls | Text:
        asked = calls and request.messages[-1].role == "user"
        return _CALL if asked else Text(str(len(request.messages)))

    kernel = make_kernel("")
    kernel.models.add(forgetful("turns", answer))
    return kernel


async def _begin(kernel: Kernel) -> growth.Turn:
    run = kernel.open_run()
    spec = AgentSpec("weather", model="turns/model", system=timing.SYSTEM, tools=(AsyncWeather(),))
    chat = Chat(run, run.make_agent("llm", spec))

    async def turn() -> int:
        return int((await chat.send(timing.PROMPT)).text)

    return turn


def main() -> None:
    """Run the variant that the first argument names."""
    kernel = _make_kernel(calls=sys.argv[1] == "tool")
    growth.main(lambda: _begin(kernel))


if __name__ == "__main__":
    main()
