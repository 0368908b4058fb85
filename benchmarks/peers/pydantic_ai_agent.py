"""A pydantic-ai agent; no instrumentation. In the process, its `FunctionModel`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from functools import cache

from benchmarks import timing
from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart, ToolReturnPart


async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


async def in_process(messages, info):
    """A tool call first, words once it was answered."""
    if any(isinstance(part, ToolReturnPart) for part in messages[-1].parts):
        return ModelResponse(parts=[TextPart(timing.ANSWER)])
    return ModelResponse(parts=[ToolCallPart(timing.TOOL, timing.TOOL_ARGUMENTS)])


@cache
def model(url: str):
    if not url:
        from pydantic_ai.models.function import FunctionModel

        return FunctionModel(in_process)
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel("test", provider=OpenAIProvider(base_url=url, api_key="x"))


def make_agent(url: str) -> Agent:
    return Agent(model(url), instructions=timing.SYSTEM, tools=[get_weather])


async def ask(agent: Agent) -> str:
    return (await agent.run(timing.PROMPT)).output


if __name__ == "__main__":
    timing.main(make_agent, ask)
