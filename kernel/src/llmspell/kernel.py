"""The kernel: configuration, plugins and models, and the runs that use them.

async with Kernel() as kernel:
    ended = await kernel.cast(Source.read("hello.lua"))
    print(ended.value, ended.stop_reason)
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import attrs

from llmspell.approvals.approval import Answerer
from llmspell.bridge.walls import demanded
from llmspell.config import LoadedConfig, load
from llmspell.engine import Engine, Limits
from llmspell.errors import BudgetExceeded, Cancelled, ConfigError, LlmspellError, did_you_mean
from llmspell.events import Event, EventLog
from llmspell.failures import stop_reason
from llmspell.gate import HookChains
from llmspell.message import Usage
from llmspell.models import Models
from llmspell.permissions import Grants, Policy, Profile
from llmspell.permissions.configured import configured
from llmspell.plugins import Plugins
from llmspell.quota import Quota
from llmspell.redaction import Redactor
from llmspell.result import COMPLETED
from llmspell.run import Run
from llmspell.spell import Source, choose_engine
from llmspell.toolbox import Toolbox

if TYPE_CHECKING:
    from llmspell.bridge.pool import WorkerPool
    from llmspell.bridge.transport import Transport
    from llmspell.bridge.worker import OnWalls
    from llmspell.cassette.journal import Journal
    from llmspell.schema import Validator
    from llmspell.spelltest.stage import Stage
    from llmspell.store import Store
    from llmspell.tool import Tool

Print = Callable[[str], None]
_POLICIES = 64  # kept for runs that are granted the same


@attrs.frozen
class RunOptions:
    """How one run differs from the configuration; empty means as configured.

    `timeout` is seconds of wall time. `hooks` are enabled besides the configured ones. `output` takes each line that
    the spell prints; None keeps it in `Ended.output` only. `observers` are called with every event. `permissions` are
    granted and denied besides the configured ones. `answerers` are asked, after the hooks, what is to be approved.
    `user` is whom the run is for, whose state of the scope `user` it sees. `session` is the id of the session that a
    spell is run in, which is begun if it is not there yet (see `llmspell.sessions.join`). `journal` records the run's
    exchanges with models and tools, or replays them; it is for one run (see `llmspell.cassette`). `stage` has a word
    before the spell and after it.
    """

    engine: str = ""
    profile: str = ""
    model: str = ""
    timeout: float | None = None
    args: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    output: Print | None = None
    observers: tuple[Callable[[Event], object], ...] = ()
    permissions: tuple[Grants, ...] = ()
    answerers: tuple[Answerer, ...] = ()
    user: str = ""
    session: str = ""
    journal: Journal | None = None
    stage: Stage | None = None


@attrs.frozen
class Ended:
    """How a spell ended. Only the stop reason `completed` is success; `cost` is USD, None when it is not known.

    `value` is what the spell's chunk returned, `output` what it printed, `partial_text` what a model had said in
    an answer that was cut short. `duration` is seconds.
    """

    value: Any
    stop_reason: str
    error: LlmspellError | None
    output: str
    usage: Usage
    cost: float | None
    partial_text: str
    duration: float
    log: EventLog = attrs.field(repr=False)


class Kernel:
    """One configuration and its plugins; runs any number of spells, also at once.

    Args:
        config: the loaded configuration; None loads it for the current folder.
        environ: the environment variables, where providers find their keys; None takes the process's own.
        plugins: the installed plugins; None reads the catalogue.
        pools: workers that are on their way already, by the machine that they load; the kernel closes them.
    """

    def __init__(
        self,
        config: LoadedConfig | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        plugins: Plugins | None = None,
        pools: Mapping[str, WorkerPool] | None = None,
    ) -> None:
        environ = os.environ if environ is None else environ
        self._environ = environ
        self.loaded = config or load(Path.cwd(), environ)
        self.config = self.loaded.config
        self.permissions = configured(self.loaded)
        self.plugins = plugins or Plugins.configured(self.loaded, environ)
        self._check_tables()
        self.redactor = Redactor.of_environment(environ)
        self.models = Models(self.plugins)
        self.models.add_routers(self.loaded)
        self._validators: WeakKeyDictionary[Tool, Validator] = WeakKeyDictionary()
        self._pools: dict[str, WorkerPool] = dict(pools or {})
        self._policies: dict[tuple[str, tuple[Grants, ...]], Policy] = {}
        self._runs: set[Run] = set()

    def _check_tables(self) -> None:
        """Refuse configuration for components that are not installed: their keys would be accepted and ignored."""
        problems = []
        for kind in ("agent", "hook", "provider", "store", "tool"):
            tables = getattr(self.config, kind)
            if tables:
                local = self.plugins.local if kind == "tool" else ()
                known = sorted({entry.name for entry in (*self.plugins.catalogue, *local) if entry.kind == kind})
                for name, table in tables.items():
                    if name not in known and "plugin" not in table:
                        where = self.loaded.origin((kind, name))
                        problems.append(f"{where}: no {kind} named {name!r} is installed; {did_you_mean(name, known)}")
        if problems:
            raise ConfigError(problems)

    async def __aenter__(self) -> Kernel:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End every run, worker and connection."""
        for run in tuple(self._runs):
            await run.close()
        for pool in self._pools.values():
            await pool.close()
        await self.models.close()
        for store in self.plugins.unload("store"):
            await store.close()

    @property
    def store(self) -> Store:
        """Where state, sessions and artifacts are kept; it is opened on first use.

        Raises:
            UnknownPlugin, BrokenPlugin, ConfigError: it is not installed, or set up wrongly.
        """
        store: Store = self.plugins.get("store", self.config.run.store)
        return store

    def policy(self, options: RunOptions = RunOptions(), source: Source | None = None) -> Policy:
        """What a run with these options may do, and the spell in `source` in particular.

        Raises:
            UsageError: the profile does not exist.
        """
        name = options.profile or self.config.run.profile
        layers = (*self.permissions.layers(source.path if source else None), *options.permissions)
        key = (name, layers)
        if key not in self._policies:
            if len(self._policies) >= _POLICIES:
                self._policies.clear()
            self._policies[key] = Policy(self.permissions.profile(name), layers, base=self.loaded.project)
        return self._policies[key]

    def asks(self, options: RunOptions = RunOptions(), source: Source | None = None) -> bool:
        """Whether a run with these options may have something to ask: a rule of its policy, or a toolset."""
        return self.policy(options, source).asks or any(table.approval for table in self.config.toolset.values())

    def open_run(self, options: RunOptions = RunOptions(), source: Source | None = None) -> Run:
        """A run to use models, tools and agents in, without a spell or for the one in `source`; close it in the end.

        Raises:
            UnknownPlugin, BrokenPlugin, ConfigError: a configured hook, profile or model of a router does not exist.
        """
        self.models.check()
        config = self.config
        enabled = {*config.hooks.enabled, *options.hooks}
        self.plugins.enable_hooks(sorted(enabled))
        limits = config.budget
        if options.timeout is not None:
            limits = attrs.evolve(limits, wall_time=options.timeout)
        run = Run(
            self.models,
            Toolbox(self.plugins, self._validators, config.tools.coerce),
            policy=self.policy(options, source),
            limits=limits,
            hooks=HookChains.from_manager(self.plugins.manager),
            project=self.loaded.project,
            model=options.model or config.run.model,
            model_timeout=config.run.model_timeout,
            hook_failures=config.hooks.failures,
            observers=options.observers,
            config=self.loaded,
            answerers=options.answerers,
        )
        run.log.redactor = self.redactor
        run.environ = self._environ
        run.kernel = self
        run.user = options.user or config.run.user
        run.quota = Quota(**{name: value for name, value in self._limits(run).items() if name not in Limits.__slots__})
        if options.journal is not None:
            run.journal = options.journal
            run.journal.begin(run)
        self._runs.add(run)
        run.on_close.append(self._runs.discard)
        if options.stage is not None:
            options.stage.begin(run)
        if self.loaded.withheld:
            keys = [each.key for each in self.loaded.withheld]
            run.log.append("config.withheld", "run", {"keys": keys, "hint": "llmspell trust"})
        return run

    async def cast(self, source: Source, options: RunOptions = RunOptions()) -> Ended:
        """Run a spell to its end; what goes wrong in it is in the answer, not raised.

        Cancelling the task that awaits this stops the spell and all that it started within 50 ms, and raises
        `CancelledError`; `Ended` says `cancelled` when `interrupt` was called.

        Raises:
            LlmspellError: the run could not begin (an unknown engine, hook, profile, ...).
        """
        engine = choose_engine(self.plugins, source, flag=options.engine, preferred=self.config.engine)
        run = self.open_run(options, source)
        return await _Casting(self, run, source, engine, options).run()

    def interrupt(self, reason: str) -> None:
        """Stop every run, wherever it is; safe from a signal handler and from any thread."""
        for run in tuple(self._runs):
            run.interrupt(reason)

    def limits(self, run: Run) -> Limits:
        """What a script of this run may use."""
        chosen = self._limits(run)
        chosen["slice"] = min(chosen["slice"], run.budget.limits.wall_time)
        return Limits(**{name: chosen[name] for name in Limits.__slots__})

    def _limits(self, run: Run) -> dict[str, Any]:
        """All of `[limits]`, as it holds for a run: what the engine sees to, and what the run counts itself."""
        return {**attrs.asdict(self.config.limits), **run.policy.profile.all_limits()}

    def transport(self, engine: Engine, profile: Profile, limits: Limits, on_walls: OnWalls | None = None) -> Transport:
        """A fresh transport for one script; `on_walls` hears of the walls around its worker, if it has one."""
        if profile.transport == "inline":
            from llmspell.bridge.inline import InlineTransport

            return InlineTransport(engine.machine, limits)
        from llmspell.bridge.worker import WorkerTransport

        sandbox = self.config.sandbox
        demand = demanded(profile.level, sandbox.require, sandbox.accept_missing)
        return WorkerTransport(self.pool(engine.machine).acquire(), limits, demand=demand, on_walls=on_walls)

    def pool(self, machine: str, idle: int = 0) -> WorkerPool:
        """The pool of workers for a machine; `idle` counts when it is first made."""
        if machine not in self._pools:
            from llmspell.bridge.pool import WorkerPool

            self._pools[machine] = WorkerPool(machine, idle)
        return self._pools[machine]


class _Casting:
    """One spell on its way through a kernel."""

    def __init__(self, kernel: Kernel, run: Run, source: Source, engine: Engine, options: RunOptions) -> None:
        self._kernel = kernel
        self._run = run
        self._source = source
        self._engine = engine
        self._options = options
        self._printed: list[str] = []

    async def run(self) -> Ended:
        begin = perf_counter()
        value, error = None, None
        caller, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert caller is not None
        cancels = caller.cancelling()
        # A task of its own, so that an interrupt that comes too late cannot cancel the caller.
        work = loop.create_task(self._within_wall_time())
        self._run.on_interrupt.append(lambda _reason: loop.call_soon_threadsafe(work.cancel))
        try:
            value = await work
        except LlmspellError as raised:
            error = raised
        except asyncio.CancelledError:
            if caller.cancelling() > cancels or not self._run.cancelled:
                raise
            error = Cancelled(self._run.cancelled)
        finally:
            await self._run.close()
        run = self._run
        if run.journal is not None and run.journal.failure is not None:
            error = run.journal.failure  # whatever the spell made of it
        return Ended(
            value=value,
            stop_reason=stop_reason(error) if error else COMPLETED,
            error=error,
            output="".join(line + "\n" for line in self._printed),
            usage=run.budget.usage,
            cost=run.budget.cost,
            partial_text=run.partial_text if error else "",
            duration=perf_counter() - begin,
            log=run.log,
        )

    async def _within_wall_time(self) -> Any:
        run = self._run
        seconds = run.budget.limits.wall_time
        operation = run.operation("script", self._source.name, self._source, None)
        used_up = BudgetExceeded("wall_time", seconds, unit="seconds")
        task = asyncio.current_task()
        assert task is not None

        def time_is_up() -> None:
            run.ending = used_up  # so that the log says why what goes on now is cancelled
            task.cancel()

        end = perf_counter() + seconds
        timer = asyncio.get_running_loop().call_later(seconds, time_is_up)
        try:
            return await run.gate.run(operation, self._execute)
        except asyncio.CancelledError:
            if run.ending is used_up:
                raise used_up from None
            raise
        except LlmspellError as error:
            # A script that computes inline holds up the clock, so its slice ends with the wall time; see `limits`.
            if stop_reason(error) == "budget.cpu" and perf_counter() >= end:
                raise used_up from error
            raise
        finally:
            timer.cancel()

    async def _execute(self, operation: Any) -> Any:
        from llmspell.casting import execute

        if self._options.session:
            from llmspell.sessions import join

            await join(self._run, self._options.session)
        stage = self._options.stage
        ending = None if stage is None else stage.finish
        args = self._options.args
        return await execute(self._kernel, operation, self._engine, args, self._print, ending=ending)

    def _print(self, text: str) -> None:
        text = self._kernel.redactor.said(text)
        self._printed.append(text)
        self._run.log.append("script.output", "run", {"text": text})
        if self._options.output is not None:
            self._options.output(text)
