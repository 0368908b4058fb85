"""Kernels, runs and tools for tests: real ones, with no installed plugin and no configuration file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from llmspell.agent import AgentInput, BaseAgent
from llmspell.config import Config, LoadedConfig, Settings
from llmspell.context import Context
from llmspell.events import Event
from llmspell.gate import BudgetLimits
from llmspell.kernel import Kernel, RunOptions
from llmspell.message import Message, ModelRequest
from llmspell.plugins import Entry, Plugins
from llmspell.provider import Provider
from llmspell.result import Result
from llmspell.run import Run
from llmspell.testing import ScriptedModel, Text
from llmspell.tool import Tool

ANYTHING: Mapping[str, Any] = {"type": "object"}


def make_kernel(
    *providers: Provider,
    config: Config = Config(),  # noqa: B008 frozen
    project: Path = Path("/nowhere"),
    entries: tuple[Entry, ...] | None = (),
    environ: Mapping[str, str] | None = None,
) -> Kernel:
    """A kernel; `entries` None means what is really installed."""
    environ = environ or {}
    loaded = LoadedConfig(config, project=project)
    kernel = Kernel(loaded, environ=environ, plugins=Plugins(Settings(loaded, environ), entries=entries))
    for provider in providers:
        kernel.models.add(provider)
    return kernel


def open_run(
    *providers: Provider,
    hooks: object = None,
    config: Config = Config(),  # noqa: B008 frozen
    budget: BudgetLimits | None = None,
    options: RunOptions = RunOptions(),  # noqa: B008 frozen
) -> Run:
    """A run; `hooks` is an object whose methods are operation hooks."""
    if budget is not None:
        config = attrs.evolve(config, budget=budget)
    kernel = make_kernel(*providers, config=config)
    if hooks is not None:
        kernel.plugins.manager.register(hooks, "test")
    return kernel.open_run(options)


def request(text: str = "hi") -> ModelRequest:
    return ModelRequest("", (Message("user", text),))


async def ask(run: Run, model: str = "scripted/m") -> str:
    """What a model says to nothing in particular."""
    return (await run.complete(model, request(), run.root)).message.content


def scripted(*texts: str) -> ScriptedModel:
    return ScriptedModel(*(Text(text) for text in texts))


class Spy(Tool):
    """A tool that answers with `answer`, or raises it, or returns what it gives when called; keeps its calls."""

    description = "Tells what it was asked."
    parameters = ANYTHING

    def __init__(self, answer: Any = "done", *, name: str = "spy", needs: tuple[str, ...] = ()) -> None:
        self.name = name
        self.needs = needs
        self.calls: list[dict[str, Any]] = []
        self._answer = answer

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        self.calls.append(arguments)
        answer = self._answer
        if isinstance(answer, BaseException):
            raise answer
        if callable(answer):
            answer = answer(arguments, context)
            return await answer if isinstance(answer, Awaitable) else answer
        return answer


class Saying(BaseAgent):
    """An agent that does what the function does with its input."""

    def __init__(self, function: Callable[[AgentInput, Context], Awaitable[Any]], name: str = "parrot") -> None:
        self.name = name
        self._function = function

    async def run(self, request: AgentInput, context: Context) -> Result:
        result: Result = await self._function(request, context)
        return result


def parrot() -> Saying:
    async def repeat(request: AgentInput, context: Context) -> Result:
        return Result(text=request.text, agent="parrot")

    return Saying(repeat)


async def call(run: Run, tool: Tool, **arguments: Any) -> Any:
    return await run.call_tool(tool, arguments, run.root)


def events(run: Run, pattern: str = "**") -> list[Event]:
    return run.log.history(pattern)


def kinds(run: Run, pattern: str = "**") -> list[str]:
    return [event.kind for event in run.log.history(pattern)]
