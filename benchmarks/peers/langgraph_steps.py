"""langgraph graphs of nodes that do nothing. See `benchmarks.steps`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from operator import add as plus
from typing import Annotated, TypedDict

from benchmarks import steps
from langgraph.graph import END, START, StateGraph

NAMES = [f"s{number}" for number in range(steps.STEPS)]
LIMIT = {"recursion_limit": 10 * steps.STEPS}


class State(TypedDict):
    """What flows from node to node."""

    n: int


async def add(state: State) -> State:
    """One more than the node before."""
    return {"n": state["n"] + 1}


async def make_sequential():
    """What runs the nodes once, one after the other."""
    graph = StateGraph(State)
    for name in NAMES:
        graph.add_node(name, add)
    for before, after in zip([START, *NAMES], [*NAMES, END], strict=True):
        graph.add_edge(before, after)
    flow = graph.compile()

    async def once() -> int:
        return (await flow.ainvoke({"n": 0}, LIMIT))["n"]

    return once


class Summed(TypedDict):
    """What nodes at once are given, and the sum of what they give."""

    n: int
    total: Annotated[int, plus]


async def add_to_total(state: Summed) -> dict[str, int]:
    """One more than all were given."""
    return {"total": state["n"] + 1}


async def make_parallel():
    """What runs the nodes once, all at once."""
    graph = StateGraph(Summed)
    for name in NAMES:
        graph.add_node(name, add_to_total)
        graph.add_edge(START, name)
        graph.add_edge(name, END)
    flow = graph.compile()

    async def once() -> int:
        return (await flow.ainvoke({"n": 0, "total": 0}, LIMIT))["total"]

    return once


if __name__ == "__main__":
    steps.main(sequential=make_sequential, parallel=make_parallel)
