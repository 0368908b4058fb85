"""LangGraph's prebuilt agent; no tracing, no checkpointer. In the process, a chat model of our own."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import json
from functools import cache

from benchmarks import timing
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.prebuilt import create_react_agent


@tool
async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


class InProcess(BaseChatModel):
    """Answers without a server."""

    @property
    def _llm_type(self):
        return "in-process"

    def bind_tools(self, tools, **options):
        """Itself: it knows its one tool."""
        return self

    def _generate(self, messages, *args, **options):
        if isinstance(messages[-1], ToolMessage):
            message = AIMessage(timing.ANSWER)
        else:
            arguments = json.loads(timing.TOOL_ARGUMENTS)
            call = {"name": timing.TOOL, "args": arguments, "id": "call_1", "type": "tool_call"}
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(self, messages, *args, **options):
        return self._generate(messages)


@cache
def model(url: str) -> BaseChatModel:
    if not url:
        return InProcess()
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model="test", base_url=url, api_key="x")


def make_agent(url: str):
    return create_react_agent(model(url), [get_weather], prompt=timing.SYSTEM)


async def ask(agent) -> str:
    state = await agent.ainvoke({"messages": [("user", timing.PROMPT)]})
    return state["messages"][-1].content


if __name__ == "__main__":
    timing.main(make_agent, ask)
