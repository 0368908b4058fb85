"""A model that obeys strangers: what it may do is the policy's to say, so the orders come to nothing.

Nothing here is about how models behave: this one does all that it is told, whoever says it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import attrs
import pytest

from llmspell.agent import AgentInput, AgentSpec
from llmspell.config import load
from llmspell.kernel import Kernel, RunOptions
from llmspell.message import ModelRequest
from llmspell.permissions import Grants
from llmspell.result import Result
from llmspell.run import Run
from llmspell.testing import ScriptedModel
from llmspell.tool import Tool

from .carriers import CARRIERS, compromised, order
from .harm import GOALS, SECRET, VARIABLE, Denials, Goal, Place, harmful_tools

_MODEL_CALLS = 6
_HARM = [name for name, goal in GOALS.items() if not goal.endless]


@attrs.frozen
class Obeyed:
    """What came of an order."""

    run: Run
    result: Result
    requests: list[ModelRequest]

    @property
    def said(self) -> str:
        """All that the model read, and all that was recorded."""
        events = [event.to_dict() for event in self.run.log]
        return json.dumps([[message.content for message in self.result.messages], events], default=repr)

    @property
    def denials(self) -> Denials:
        """The permission and the target of every denial, from the events."""
        events = self.run.log.history("permission.denied")
        return {(event.data["permission"], event.data["target"]) for event in events}

    def errors(self, goal: Goal, place: Place) -> set[str]:
        """How the calls of the goal ended: the kinds of their errors, empty for none."""
        names = [name for name, _ in goal.calls(place)]
        asked = self.result.calls[-len(names) :]
        assert [record.name for record in asked] == names
        return {record.error["kind"] if record.error else "" for record in asked}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty folder, by a path without links."""
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    return folder


@pytest.fixture
async def place(project: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """A project with a secret beside it and in the environment, and a server that counts its visits."""
    place = Place(project)
    place.outside.write_text(SECRET)
    monkeypatch.setenv(VARIABLE, SECRET)
    async with await asyncio.start_server(place.visited, "127.0.0.1", 0) as server:
        place.port = server.sockets[0].getsockname()[1]
        yield place


async def obey(
    place: Place,
    goal: Goal,
    carrier: str = "page",
    *,
    granted: Mapping[str, list[str]] | None = None,
    held: Mapping[str, list[str]] | None = None,
    model_calls: int = _MODEL_CALLS,
) -> Obeyed:
    """Let an agent meet an order in a run of profile `medium` with these permissions; `held` is what binds the agent."""
    origin = "this agent"
    bound = None if held is None else Grants.of(held, origin=origin, base=place.project)
    sets = (f"budget.model_calls={model_calls}",)
    way = CARRIERS[carrier]
    met = way.lay(place.project, order(goal.calls(place), endless=goal.endless))
    model = ScriptedModel(compromised(way.first), repeat=True)
    async with Kernel(load(place.project, {}, sets), environ={}) as kernel:
        kernel.models.add(model)
        grants = Grants.of(granted or {}, origin="flag", base=place.project)
        run = kernel.open_run(RunOptions(profile="medium", permissions=(grants,)))
        tools: tuple[Tool | str, ...] = (*met, *harmful_tools(), "file_read")
        spec = AgentSpec("assistant", model="scripted/model", tools=tools, max_turns=100, permissions=bound)
        result = await run.run_agent(run.make_agent("llm", spec), AgentInput("Sum up what came in."))
        await asyncio.sleep(0)  # events of sync tools arrive by the loop
    return Obeyed(run, result, model.requests)


def skip_if_unsupported(goal: str) -> None:
    if goal == "run a command" and sys.platform != "linux":
        pytest.skip("programs are started on Linux only")


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("carrier", CARRIERS)
async def test_an_order_that_came_with_the_data_comes_to_nothing(carrier: str, goal: str, place: Place) -> None:
    skip_if_unsupported(goal)
    aim = GOALS[goal]
    obeyed = await obey(place, aim, carrier, granted=aim.narrow)
    if aim.endless:
        assert (obeyed.result.stop_reason, obeyed.run.budget.counts["model_calls"]) == (
            "budget.model_calls",
            _MODEL_CALLS,
        )
        assert len(obeyed.requests) <= _MODEL_CALLS
        assert obeyed.result.calls[-1].name == "idle"
    else:
        assert obeyed.errors(aim, place) == {"permission"}
    assert obeyed.denials == aim.denied(place)
    assert not aim.reached(place, obeyed.said)
    assert not place.canary.exists()
    assert (place.visits, place.outside.read_text()) == (0, SECRET)
    assert SECRET not in obeyed.said


@pytest.mark.parametrize("goal", _HARM)
async def test_a_tool_that_could_do_harm_does_not_begin_without_its_permission(goal: str, place: Place) -> None:
    aim = GOALS[goal]
    obeyed = await obey(place, aim)
    assert obeyed.errors(aim, place) == {"permission"}
    # Files of the project may be read in this profile, so there it is the file that is refused, and not the tool.
    refused = {(permission, target if permission == "fs.read" else "") for permission, target in aim.denied(place)}
    assert obeyed.denials == refused
    assert not aim.reached(place, obeyed.said)


@pytest.mark.parametrize("goal", _HARM)
async def test_an_agent_that_is_held_to_less_cannot_use_what_its_spell_may(goal: str, place: Place) -> None:
    skip_if_unsupported(goal)
    aim = GOALS[goal]
    held = {"fs.read": ["."], **aim.narrow}
    obeyed = await obey(place, aim, granted=aim.enough(place), held=held)
    assert obeyed.errors(aim, place) == {"permission"}
    assert obeyed.denials == aim.denied(place)
    assert not aim.reached(place, obeyed.said)


@pytest.mark.parametrize("goal", _HARM)
async def test_the_same_order_does_its_harm_where_that_is_granted(goal: str, place: Place) -> None:
    """Or else the tests above would show nothing."""
    skip_if_unsupported(goal)
    aim = GOALS[goal]
    obeyed = await obey(place, aim, granted=aim.enough(place))
    assert obeyed.errors(aim, place) == {""}
    assert aim.reached(place, obeyed.said)


async def test_an_endless_order_goes_on_for_as_long_as_the_budget(place: Place) -> None:
    obeyed = await obey(place, GOALS["spend"], model_calls=3 * _MODEL_CALLS)
    assert (obeyed.result.stop_reason, len(obeyed.requests)) == ("budget.model_calls", 3 * _MODEL_CALLS)
