"""What a plan is, what can be wrong with one, and in which order its steps can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import attrs


@attrs.frozen
class PlanStep:
    """One step: what is to be done, by whom (empty where there are no agents), and with the results of which others."""

    id: str
    task: str
    needs: tuple[str, ...] = ()
    agent: str = ""


def plan_schema(agents: Sequence[str], most: int) -> dict[str, Any]:
    """The JSON Schema of a plan of at most so many steps for these agents."""
    step: dict[str, Any] = {
        "id": {"type": "string", "minLength": 1},
        "task": {"type": "string", "minLength": 1},
        "needs": {"type": "array", "items": {"type": "string"}},
    }
    if agents:
        step["agent"] = {"enum": list(agents)}
    item = {"type": "object", "properties": step, "required": list(step), "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"steps": {"type": "array", "items": item, "minItems": 1, "maxItems": most}},
        "required": ["steps"],
        "additionalProperties": False,
    }


def plan_of(output: Mapping[str, Any]) -> list[PlanStep]:
    """The steps of data that fits the schema, as the model has written them."""
    return [PlanStep(each["id"], each["task"], tuple(each["needs"]), each.get("agent", "")) for each in output["steps"]]


def problem_of(steps: Sequence[PlanStep]) -> str:
    """What keeps a plan from being carried out; empty for nothing."""
    ids = [step.id for step in steps]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        return f"Two steps have the id {twice[0]!r}: each needs its own."
    for step in steps:
        unknown = sorted(set(step.needs) - set(ids))
        if unknown:
            return f"The step {step.id!r} needs {unknown[0]!r}, and there is no such step."
    try:
        in_order(steps)
    except CycleError as error:
        return f"The steps need one another in a circle: {' -> '.join(error.args[1])}."
    return ""


def in_order(steps: Sequence[PlanStep]) -> list[PlanStep]:
    """The steps, each after those that it needs; otherwise as they were written.

    Raises:
        CycleError: there is no such order.
    """
    known = {step.id: step for step in steps}
    return [known[each] for each in TopologicalSorter({step.id: step.needs for step in steps}).static_order()]
