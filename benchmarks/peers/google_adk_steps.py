"""google-adk's sequential and parallel agents, of agents that write to the session's state. See `benchmarks.steps`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore")

from benchmarks import steps  # noqa: E402 the warnings come at import
from google.adk.agents import BaseAgent, ParallelAgent, SequentialAgent  # noqa: E402
from google.adk.events import Event, EventActions  # noqa: E402
from google.adk.runners import InMemoryRunner  # noqa: E402
from google.genai import types  # noqa: E402


class Add(BaseAgent):
    """One more than the agent before."""

    async def _run_async_impl(self, ctx):
        delta = {"n": ctx.session.state.get("n", 0) + 1}
        yield Event(author=self.name, invocation_id=ctx.invocation_id, actions=EventActions(state_delta=delta))


class AddOwn(BaseAgent):
    """One more than nothing, under a key of its own: what agents at once write to one key, the last one wins."""

    async def _run_async_impl(self, ctx):
        delta = {self.name: ctx.session.state.get("n", 0) + 1}
        yield Event(author=self.name, invocation_id=ctx.invocation_id, actions=EventActions(state_delta=delta))


def runs(flow: BaseAgent, gives):
    """What runs the agents once, in a session of its own; `gives` reads its state at the end."""
    runner = InMemoryRunner(agent=flow, app_name="w")
    message = types.Content(role="user", parts=[types.Part(text="go")])

    async def once() -> int:
        session = await runner.session_service.create_session(app_name="w", user_id="u")
        state = {}
        async for event in runner.run_async(user_id="u", session_id=session.id, new_message=message):
            state |= event.actions.state_delta
        await runner.session_service.delete_session(app_name="w", user_id="u", session_id=session.id)
        return gives(state)

    return once


async def make_sequential():
    """What runs the agents once, one after the other."""
    agents = [Add(name=f"s{number}") for number in range(steps.STEPS)]
    return runs(SequentialAgent(name="w", sub_agents=agents), lambda state: state["n"])


async def make_parallel():
    """What runs the agents once, all at once."""
    agents = [AddOwn(name=f"s{number}") for number in range(steps.STEPS)]
    return runs(ParallelAgent(name="w", sub_agents=agents), lambda state: sum(state.values()))


if __name__ == "__main__":
    steps.main(sequential=make_sequential, parallel=make_parallel)
