"""A conversation with LangGraph's prebuilt agent, kept by its checkpointer in memory. See `benchmarks.growth`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from benchmarks import growth, timing
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.prebuilt import create_react_agent


class Counts(BaseChatModel):
    """Says how many messages it was sent, without a server."""

    @property
    def _llm_type(self):
        return "in-process"

    def _generate(self, messages, *args, **options):
        return ChatResult(generations=[ChatGeneration(message=AIMessage(str(len(messages))))])

    async def _agenerate(self, messages, *args, **options):
        return self._generate(messages)


async def begin():
    """What takes a turn."""
    agent = create_react_agent(Counts(), [], prompt=timing.SYSTEM, checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "conversation"}}

    async def turn() -> int:
        state = await agent.ainvoke({"messages": [("user", timing.PROMPT)]}, thread)
        return int(state["messages"][-1].content)

    return turn


if __name__ == "__main__":
    growth.main(begin)
