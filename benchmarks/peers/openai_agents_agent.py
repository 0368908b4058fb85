"""An agent of the OpenAI Agents SDK, over chat completions; tracing off. In the process, our own `Model`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import os
from functools import cache

os.environ.setdefault("OPENAI_API_KEY", "x")  # the package wants one even where none is used

from agents import (
    Agent,
    AsyncOpenAI,
    Model,
    ModelResponse,
    OpenAIChatCompletionsModel,
    Runner,
    Usage,
    function_tool,
    set_tracing_disabled,
)
from benchmarks import timing
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)

set_tracing_disabled(True)


@function_tool
async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


class InProcess(Model):
    """Answers without a server."""

    async def get_response(self, system_instructions, input, *args, **options):  # noqa: A002  the contract's name
        """A tool call first, words once it was answered."""
        answered = isinstance(input, list) and input[-1].get("type") == "function_call_output"
        return ModelResponse(output=[_words() if answered else _call()], usage=Usage(), response_id=None)

    def stream_response(self, *args, **options):
        """Not used."""
        raise NotImplementedError


def _words() -> ResponseOutputMessage:
    text = ResponseOutputText(text=timing.ANSWER, type="output_text", annotations=[])
    return ResponseOutputMessage(id="message", type="message", role="assistant", status="completed", content=[text])


def _call() -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        type="function_call", call_id="call_1", name=timing.TOOL, arguments=timing.TOOL_ARGUMENTS
    )


@cache
def model(url: str) -> Model:
    return OpenAIChatCompletionsModel("test", AsyncOpenAI(base_url=url)) if url else InProcess()


def make_agent(url: str) -> Agent:
    return Agent(name="weather", instructions=timing.SYSTEM, model=model(url), tools=[get_weather])


async def ask(agent: Agent) -> str:
    return (await Runner.run(agent, timing.PROMPT)).final_output


if __name__ == "__main__":
    timing.main(make_agent, ask)
