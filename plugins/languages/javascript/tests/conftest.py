"""A driver that runs a machine of each installed JavaScript engine with Python functions as its host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import pytest

from llmspell.bridge.loading import machine_class
from llmspell.kernel import Kernel
from llmspell.testing import driver
from llmspell.testing.driver import Pending

API: dict[str, Any] = {
    "globals": {
        "Agent": {
            "create": {
                "takes": {"0": {"name": True, "max_tokens": True, "on_event": True, "messages": {"tool_calls": True}}}
            },
            "find": {},
            "list_models": {},
        },
        "Async": {"sleep": {}},
        "Host": {"echo": {}, "fail": {}, "later": {}, "tool": {}, "call": {}, "open": {}, "hook": {
            "takes": {"0": [{"request": {"max_tokens": True}}]}
        }},
        "Json": {"encode": {}, "decode": {}},
    },
    "handles": {
        "Agent": {"run": {"gives": {"stop_reason": True, "usage": {"total_tokens": True}}}, "close": {}},
        "Stream": {"next": {}},
    },
    "constants": {"Spell": {"name": "test", "words": ["a", "b"], "path": None}},
}  # fmt: skip


def engines() -> dict[str, Callable[..., Any]]:
    """The machines of the installed engines for JavaScript, by the name of the engine."""
    plugins = Kernel(environ={}).plugins
    found = {name: plugins.get("engine", name) for name in plugins.names("engine")}
    return {name: machine_class(each.machine) for name, each in found.items() if each.language == "javascript"}


class Driver(driver.Driver):
    """A machine of one of the engines; `import` waits for its answer."""

    def __init__(self, machine: Callable[..., Any], **limits: Any) -> None:
        super().__init__(machine, **limits)
        self.host |= {
            "Agent.list_models": lambda *_: [],
            "Host.hook": lambda *_: None,
            "@modules.import": lambda *_: Pending(),
        }

    def start(self, source: str, *args: str, name: str = "test.js", api: Mapping[str, Any] = API) -> Self:
        return super().start(source, *args, name=name, api=api)

    def method(self, handle: int, method: str, args: list[Any]) -> Any:
        return {"handle": handle, "args": args, "stop_reason": "completed", "usage": {"total_tokens": 3}}


@pytest.fixture(scope="session", params=sorted(engines()))
def machine(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """The class of each engine's machine."""
    return engines()[request.param]


@pytest.fixture
def run(machine: Callable[..., Any], request: pytest.FixtureRequest) -> Callable[..., Driver]:
    """Runs a script in a new machine until its end, or until it waits: `run(source, *args, **limits)`."""

    def begin(source: str, *args: str, name: str = "test.js", api: Mapping[str, Any] = API, **limits: Any) -> Driver:
        driven = Driver(machine, **limits)
        request.addfinalizer(driven.machine.close)
        return driven.start(source, *args, name=name, api=api)

    return begin
