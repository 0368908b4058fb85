"""Two prebuilt agents of LangGraph in one graph, with a tool that goes from one to the other. See `benchmarks.handoff`.

No tracing, no checkpointer.
"""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

# No `annotations` from the future: the tool's are read, and two of them are injected.

from typing import Annotated

from benchmarks import handoff, timing
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState, create_react_agent
from langgraph.types import Command

NAME = f"transfer_to_{handoff.SECOND}"


@tool(NAME)
async def transfer(state: Annotated[MessagesState, InjectedState], call: Annotated[str, InjectedToolCallId]) -> Command:
    """Hand over to the agent that knows the weather."""
    message = ToolMessage("Handed over.", name=NAME, tool_call_id=call)
    return Command(goto=handoff.SECOND, graph=Command.PARENT, update={"messages": [*state["messages"], message]})


class _InProcess(BaseChatModel):
    @property
    def _llm_type(self):
        return "in-process"

    def bind_tools(self, tools, **options):
        """Itself: it knows its one tool."""
        return self

    def _generate(self, messages, *args, **options):
        return ChatResult(generations=[ChatGeneration(message=self.message())])

    async def _agenerate(self, messages, *args, **options):
        return self._generate(messages)


class HandsOver(_InProcess):
    """Hands over, without a server."""

    def message(self) -> AIMessage:
        """The call that hands over."""
        return AIMessage("", tool_calls=[{"name": NAME, "args": {}, "id": "call_1", "type": "tool_call"}])


class Answers(_InProcess):
    """Answers without a server."""

    def message(self) -> AIMessage:
        """Words."""
        return AIMessage(timing.ANSWER)


async def make():
    """What runs the graph once."""
    graph = StateGraph(MessagesState)
    first = create_react_agent(HandsOver(), [transfer], prompt=handoff.FIRST_SYSTEM, name=handoff.FIRST)
    second = create_react_agent(Answers(), [], prompt=handoff.SECOND_SYSTEM, name=handoff.SECOND)
    graph.add_node(handoff.FIRST, first, destinations=(handoff.SECOND,))
    graph.add_node(handoff.SECOND, second)
    graph.add_edge(START, handoff.FIRST)
    flow = graph.compile()

    async def once() -> str:
        state = await flow.ainvoke({"messages": [("user", timing.PROMPT)]})
        return state["messages"][-1].content

    return once


if __name__ == "__main__":
    handoff.main(make)
