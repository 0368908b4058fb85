"""One spell for each ready-made agent, in both languages, from one description."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from llmspell.testing import Calls, Text

Answer = Text | Calls


@attrs.frozen
class Use:
    """How an agent is used.

    Attributes:
        type: the agent's type.
        steps: what its model says.
        text: what it answers then.
        output: the structured answer; None for none.
        create: the rest of what `Agent.create` is given, with `$name` for an agent of the spell.
        lua: what the spell says before, in Lua.
        js: the same in JavaScript.
    """

    type: str
    steps: tuple[Answer, ...]
    text: str
    output: Any = None
    create: Mapping[str, Any] = attrs.field(factory=dict)
    lua: str = ""
    js: str = ""

    def spell(self, language: str) -> str:
        """The spell: it gives the reply."""
        given = {"type": self.type, "name": "tested", **self.create}
        if language == "lua":
            return f"{self.lua}\nreturn Agent.create{_lua(given)}:run('go')"
        return f"{self.js}\nconst agent = await Agent.create({json.dumps(_camel(given))});\nexport default await agent.run('go');"


def _lua(value: Any) -> str:
    """JSON as Lua writes it."""
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {_lua(item)}" for key, item in value.items()) + " }"
        case list():
            return "{ " + ", ".join(map(_lua, value)) + " }"
    return json.dumps(value)


def _camel(value: Any) -> Any:
    """JSON with its keys as JavaScript writes them."""
    if not isinstance(value, dict):
        return value
    return {re.sub("_(.)", lambda found: found[1].upper(), key): _camel(item) for key, item in value.items()}


def _json(**data: Any) -> Text:
    return Text(json.dumps(data))


_REVIEW = {"verdict": "approve", "summary": "It is good.", "findings": []}
_PLAN = [{"id": "a", "task": "cook", "needs": [], "agent": "cook"}]
_FIGURE = {"name": "sum", "value": 42, "unit": ""}
_EVIDENCE = {"figure": "sum", "tool": "calculator", "arguments": {"expression": "6*7"}}

USES = (
    Use("chat", (Text("Hello."),), "Hello."),
    Use(
        "researcher",
        (
            Calls(("file_read", {"path": "tides.md"})),
            _json(answer="At noon.", sources=[{"title": "Tides", "url": "tides.md"}]),
        ),
        "At noon.",
        {"answer": "At noon.", "sources": [{"title": "Tides", "url": "tides.md"}]},
        {"tools": ["file_read"], "options": {"sources": 1}},
    ),
    Use("coder", (Calls(("file_list", {})), Text("Nothing to do.")), "Nothing to do.", None, {"max_turns": 5}),
    Use("reviewer", (_json(**_REVIEW),), "It is good.", _REVIEW, {"options": {"blocking": "critical"}}),
    Use("writer", (Text("a b c"), Text("a b")), "a b", None, {"options": {"words": 2}}),
    Use(
        "analyst",
        (Calls(("calculator", {"expression": "6*7"})), _json(answer="It is 42.", figures=[_FIGURE])),
        "It is 42.",
        {"answer": "It is 42.", "figures": [_FIGURE], "evidence": [_EVIDENCE], "charts": []},
    ),
    Use(
        "planner",
        (_json(steps=_PLAN),),
        "soup",
        {"steps": _PLAN, "results": {"a": "soup"}},
        {"agents": ["cook"], "options": {"carry_out": True}},
        "Agent.create{ name = 'cook', run = function() return 'soup' end }",
        "await Agent.create({ name: 'cook', run: () => 'soup' });",
    ),
    Use(
        "router",
        (_json(agent="billing", reason="money"),),
        "It is paid.",
        None,
        {"handoffs": ["billing"], "options": {"rules": [{"match": "*invoice*", "to": "billing"}]}},
        "Agent.create{ name = 'billing', run = function() return 'It is paid.' end }",
        "await Agent.create({ name: 'billing', run: () => 'It is paid.' });",
    ),
    Use(
        "critic",
        (Text("one"), Text("two")),
        "two",
        None,
        {"options": {"critic": "strict"}},
        """local seen = 0
        Agent.create{ name = 'strict', run = function()
          seen = seen + 1
          return { accepted = seen == 2, critique = 'No.' }
        end }""",
        """let seen = 0;
        await Agent.create({ name: 'strict', run: () => ({ accepted: ++seen === 2, critique: 'No.' }) });""",
    ),
)


def prepare(folder: Path) -> None:
    """Write the files that the spells read."""
    (folder / "tides.md").write_text("High tide is at noon.\n")
