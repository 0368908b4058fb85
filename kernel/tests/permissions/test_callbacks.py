"""A script's function that is held to less, and calls that come for it: while it runs, and after it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llmspell import values
from llmspell.bridge.host import Bridge
from llmspell.bridge.inline import InlineTransport
from llmspell.engine import Emit, Limits
from llmspell.script.modules import Modules
from llmspell.spell import Source

from ..run.kit import Spy, open_run

CREATE, RUN, DURING, AFTER = 1, 2, 3, 4


class Late:
    """Makes an agent of a function that may use no tool, runs it, and calls a tool for it during its run and after."""

    def __init__(self, limits: Limits, emit: Emit) -> None:
        self._callback = 0
        self._kinds: list[str] = []

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        options = '{"name": "a", "permissions": {"tools": []}, "run": {"$function": 1}}'
        return f'[["call", {CREATE}, "Agent", "create", [{options}]]]'

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        return values.dumps([answer for message in inbox for answer in self._answer(message)])

    def _answer(self, message: tuple[Any, ...]) -> list[list[Any]]:
        match message:
            case ("result", 1, handle):
                return [["call", RUN, handle.id, "run", ["go"]]]
            case ("callback", callback, _, _):
                self._callback = callback
                return [self._call(DURING)]
            case ("error", 3, error):
                self._kinds.append(error["kind"])
                return [["result", self._callback, "answered"]]
            case ("result", 2, _):
                return [self._call(AFTER)]
            case ("error", 4, error):
                return [["done", [*self._kinds, error["kind"]]]]
        return [["done", f"unexpected: {message!r}"]]

    def _call(self, call_id: int) -> list[Any]:
        return ["call", call_id, "Tool", "run", ["spy"], self._callback]

    def interrupt(self, reason: str) -> None:
        pass

    def close(self) -> None:
        pass


async def test_what_comes_for_a_function_after_it_ended_is_still_held_to_its_permissions() -> None:
    run = open_run()
    spy = Spy()
    run.tools.add(spy)
    operation = run.operation("script", "late", Source("", "late"), None)
    transport = InlineTransport(f"{__name__}:Late", Limits())
    bridge = Bridge(run, operation, transport, lambda _: None, Modules([Path("/nowhere")], "medium"))
    try:
        assert await bridge.run([]) == ["permission", "permission"]
    finally:
        await bridge.close()
    assert spy.calls == []
