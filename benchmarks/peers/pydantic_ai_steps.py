"""Graphs of pydantic-graph, which comes with pydantic-ai, of steps that do nothing. See `benchmarks.steps`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from itertools import pairwise

from benchmarks import steps
from pydantic_graph import GraphBuilder, StepContext, reduce_sum


async def add(ctx: StepContext[None, None, int]) -> int:
    """One more than the step before."""
    return ctx.inputs + 1


def begin():
    """A builder, and its steps."""
    builder = GraphBuilder(input_type=int, output_type=int)
    return builder, [builder.step(add, node_id=f"s{number}") for number in range(steps.STEPS)]


async def make_sequential():
    """What runs the steps once, one after the other."""
    builder, made = begin()
    nodes = [builder.start_node, *made, builder.end_node]
    builder.add(*(builder.edge_from(before).to(after) for before, after in pairwise(nodes)))
    graph = builder.build()

    async def once() -> int:
        return await graph.run(inputs=0)

    return once


async def make_parallel():
    """What runs the steps once, all at once."""
    builder, made = begin()
    total = builder.join(reduce_sum, initial=0)
    builder.add(
        builder.edge_from(builder.start_node).to(*made),
        builder.edge_from(*made).to(total),
        builder.edge_from(total).to(builder.end_node),
    )
    graph = builder.build()

    async def once() -> int:
        return await graph.run(inputs=0)

    return once


if __name__ == "__main__":
    steps.main(sequential=make_sequential, parallel=make_parallel)
