"""One spell under test: run in a kernel of its own, with a model that is scripted or replayed."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.cassette import Replayer, read
from llmspell.config import LoadedConfig, load
from llmspell.errors import UsageError
from llmspell.export import plain, usage_dict
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.models import ROUTER, Models
from llmspell.provider import Provider
from llmspell.redaction import secret_name
from llmspell.spell import Source
from llmspell.spelltest.checks import CheckFailed
from llmspell.spelltest.clock import VirtualLoop
from llmspell.spelltest.declared import TrialOptions
from llmspell.spelltest.steps import ScriptedStep, step_of
from llmspell.stores.apart import without_stores
from llmspell.testing.model import ScriptedModel
from llmspell.testing.steps import Calls, Delay, Step

if TYPE_CHECKING:
    from llmspell.bridge.transport import Transport
    from llmspell.bridge.worker import OnWalls
    from llmspell.engine import Engine, Limits
    from llmspell.permissions import Profile
    from llmspell.run import Run
    from llmspell.spelltest.bench import Bench


class TestKernel(Kernel):
    """A kernel that keeps its data in `folder`, wherever stores are configured to be, and has no key.

    Scripts run in this process, since nobody could tell the clock's jumps to a worker; with `real_time` they run
    where their profile says. What they may do is up to their profile all the same.
    """

    __test__ = False

    def __init__(self, loaded: LoadedConfig, folder: Path, *, real_time: bool = False) -> None:
        environ = {name: value for name, value in os.environ.items() if not secret_name(name)}
        super().__init__(without_stores(loaded), environ={**environ, "LLMSPELL_DATA_HOME": str(folder)})
        self._real_time = real_time

    def transport(self, engine: Engine, profile: Profile, limits: Limits, on_walls: OnWalls | None = None) -> Transport:
        """As the kernel's, in this process unless time is real."""
        chosen = profile if self._real_time else attrs.evolve(profile, transport="inline")
        return super().transport(engine, chosen, limits, on_walls)


class _OneModel(Models):
    """Every model is the scripted one; routers still choose among it and itself."""

    def __init__(self, kernel: Kernel, scripted: Provider) -> None:
        super().__init__(kernel.plugins)
        self._scripted = scripted
        self.add_routers(kernel.loaded)

    def find(self, model: str) -> tuple[Provider, str]:
        """The scripted model under any name."""
        prefix, _, name = model.partition("/")
        return super().find(model) if prefix == ROUTER else (self._scripted, name or "model")

    def default(self) -> str:
        """The scripted model."""
        return "scripted/model"


class _Stage:
    """Sets the state before the spell begins, and keeps hold of the run."""

    def __init__(self, state: Mapping[str, Any], bench: Bench) -> None:
        self._state = state
        self._bench = bench

    def begin(self, run: Run) -> None:
        """Set the state."""
        self.run = run
        for key, value in self._state.items():
            run.state.set_now(key, value)
        self._bench.check(run)

    async def finish(self) -> None:
        """Nothing comes after the spell."""


async def trial(bench: Bench, folder: Path, name: str, options: TrialOptions) -> dict[str, Any]:
    """How the spell of this name in a folder ended, as scripts see it (`TrialShape`).

    Raises:
        UsageError: the spell, its recording or the options are wrong.
        CheckFailed: the model was asked more or less often than it has answers.
    """
    if options.model and options.replay:
        raise UsageError("Test.spell: model and replay cannot both be given", hint="choose one")
    source = attrs.evolve(Source.read(folder / name), name=name)
    replayer = Replayer(read(folder / options.replay)) if options.replay else None
    loop = asyncio.get_running_loop()
    real = options.clock == "real"
    held = loop.real_time() if real and isinstance(loop, VirtualLoop) else nullcontext()
    loaded = load(Path.cwd(), os.environ, tuple(_sets(options.config)))
    with TemporaryDirectory(prefix="llmspell-test-") as data, held:
        kernel = TestKernel(loaded, Path(data), real_time=real)
        bench.kernels.add(kernel)
        try:
            async with kernel:
                return await _run(kernel, source, _Stage(options.state, bench), options, replayer)
        finally:
            bench.kernels.discard(kernel)


async def _run(
    kernel: Kernel, source: Source, stage: _Stage, options: TrialOptions, replayer: Replayer | None
) -> dict[str, Any]:
    steps = tuple(_steps(options.model))
    scripted = ScriptedModel(*steps)
    if replayer is None:
        kernel.models = _OneModel(kernel, scripted)
    ended = await kernel.cast(source, RunOptions(args=options.args, journal=replayer, stage=stage))
    if ended.error is None or len(scripted.requests) > len(steps):  # else the error is what the case is to look at
        _check_used(len(scripted.requests), len(steps), replayer)
    return _shown(ended, stage.run)


def _check_used(asked: int, answers: int, replayer: Replayer | None) -> None:
    if asked != answers:
        raise CheckFailed(f"the model has {answers} answers, and was asked {asked} times")
    unused = replayer.unused if replayer else []
    if unused:
        raise CheckFailed(f"recorded, but not asked for: {', '.join(each.path for each in unused)}")


def _steps(given: Sequence[ScriptedStep | str]) -> Iterator[Step]:
    calls = 0
    for number, each in enumerate(given, 1):
        step = step_of(each, f"Test.spell: model[{number}]", calls + 1)
        asked = step.step if isinstance(step, Delay) else step
        calls += len(asked.tool_calls) if isinstance(asked, Calls) else 0
        yield step


def _sets(config: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Configuration as `--set` takes it."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _sets(value, f"{above}{key}.")
        else:
            yield f"{above}{key}={json.dumps(value)}"


def _shown(ended: Ended, run: Run) -> dict[str, Any]:
    found = {
        "value": ended.value,
        "printed": ended.output.splitlines(),
        "calls": _calls(ended),
        "state": {key: run.state.get_now(key) for key in run.state.list_now()},
        "events": [event.to_dict() for event in ended.log],
        "usage": usage_dict(ended.usage),
        "cost": ended.cost,
        "stop_reason": ended.stop_reason,
        "error": None if ended.error is None else ended.error.to_dict(),
    }
    return {key: item for key, item in found.items() if item is not None}


def _calls(ended: Ended) -> list[dict[str, Any]]:
    """The calls of tools and models, in the order in which they began."""
    found: dict[str, dict[str, Any]] = {}
    for event in ended.log:
        kind, _, what = event.kind.partition(".")
        if kind not in ("llm", "tool") or what not in ("started", "finished", "failed"):
            continue
        data = event.data
        if what == "started":
            asked = data["request"]
            said = {"arguments": plain(asked)} if kind == "tool" else {"messages": plain(asked.messages)}
            found[event.path] = {"kind": kind, "name": data["name"], "path": event.path, **said}
        elif what == "failed":
            found.setdefault(event.path, {"kind": kind, "name": data["name"], "path": event.path})
            found[event.path]["error"] = data["error"]
        else:
            came = {"output": plain(data["output"])} if kind == "tool" else {"text": data["message"].content}
            found[event.path].update(came)
    return list(found.values())
