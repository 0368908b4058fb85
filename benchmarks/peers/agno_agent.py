"""An agno agent; telemetry off. In the process, its OpenAI model with the request replaced."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from functools import cache

from agno.agent import Agent
from agno.models.openai import OpenAIChat
from agno.models.response import ModelResponse
from benchmarks import timing


async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


class InProcess(OpenAIChat):
    """Answers without a server."""

    async def ainvoke(self, messages, *args, **options):
        """A tool call first, words once it was answered."""
        if messages[-1].role == "tool":
            return ModelResponse(role="assistant", content=timing.ANSWER)
        function = {"name": timing.TOOL, "arguments": timing.TOOL_ARGUMENTS}
        return ModelResponse(role="assistant", tool_calls=[{"id": "call_1", "type": "function", "function": function}])


@cache
def model(url: str) -> OpenAIChat:
    return OpenAIChat(id="test", base_url=url, api_key="x") if url else InProcess(id="test", api_key="x")


def make_agent(url: str) -> Agent:
    return Agent(model=model(url), instructions=timing.SYSTEM, tools=[get_weather], telemetry=False)


async def ask(agent: Agent) -> str:
    return (await agent.arun(timing.PROMPT)).content


if __name__ == "__main__":
    timing.main(make_agent, ask)
