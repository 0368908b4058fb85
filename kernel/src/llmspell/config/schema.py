"""What a configuration file may say: one frozen class per section, each setting with its unit and bounds.

Config
├── run        what a run starts with
├── engine     which engine runs which language
├── plugins    which plugins may not load
├── hooks      which hooks are switched on
├── budget     what a run may use in all
├── limits     what one script may use
├── modules    where `require` and `import` look
└── provider, tool, agent, hook
               one table per component, checked by its plugin
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs

from llmspell.engine import Limits as EngineLimits

Table = Mapping[str, Any]  # Any: a plugin's own settings, which only the plugin can check

_ENGINE = EngineLimits()


def at_least(bound: float) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    """A validator: a finite number, not smaller than `bound`."""

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value is not None and not bound <= value < math.inf:
            raise ValueError(f"'{attribute.name}' must be at least {bound} and finite, found {value!r}")

    return check


def setting(
    default: Any, doc: str, *, unit: str = "", minimum: float | None = None, example: Any = None
) -> Any:  # Any: as attrs.field
    """A field of the configuration; `doc` and `unit` go to the reference and the default file.

    `example` stands in the default file where TOML cannot write the default, which is None.
    """
    return attrs.field(
        default=default,
        validator=None if minimum is None else at_least(minimum),
        metadata={"doc": doc, "unit": unit, "example": example},
    )


def table(doc: str, example: str) -> Any:  # Any: as attrs.field
    """A field whose keys the user chooses; `example` is how it begins in a file."""
    return attrs.field(factory=dict, metadata={"doc": doc, "example": example})


@attrs.frozen
class Run:
    """What a run starts with, unless the spell or the command line says otherwise."""

    model: str = setting("", "model of agents that name none, as provider/model; empty: of the provider that is set up")
    profile: Literal["low", "medium", "high"] = setting(
        "medium", "security level of spells: low trusts them, high grants nothing by itself"
    )
    timeout: float = setting(
        120.0, "longest one model call may take, its stream included", unit="seconds", minimum=0.001
    )


@attrs.frozen
class Plugins:
    """Which installed plugins may not load."""

    block: tuple[str, ...] = setting((), "distributions, or components as kind:name, that are never loaded")


@attrs.frozen
class Hooks:
    """Which installed hooks are on."""

    enabled: tuple[str, ...] = setting((), "names of the hooks that every run uses")
    failures: int = setting(5, "failures in a row after which an observer is switched off", minimum=1)


@attrs.frozen
class Budget:
    """What a run and all its children may use together; reaching one ends the run with `budget.<name>`."""

    model_calls: int = setting(200, "model calls, retries included", minimum=0)
    tool_calls: int = setting(500, "tool calls, failed ones included", minimum=0)
    tokens: int = setting(2_000_000, "input and output, cached ones included", unit="tokens", minimum=0)
    cost: float | None = setting(None, "price of all model calls; absent: no cap", unit="USD", minimum=0, example=1.0)
    wall_time: float = setting(600.0, "time since the run began", unit="seconds", minimum=0)
    steps: int = setting(1000, "workflow steps", minimum=0)
    hops: int = setting(16, "handoffs from agent to agent", minimum=0)
    depth: int = setting(
        8, "operations inside one another: a model call of an agent of a spell is the second", minimum=1
    )
    unpriced: Literal["refuse", "allow"] = setting(
        "refuse", "what a run with a cost cap does with a model whose price is unknown"
    )


@attrs.frozen
class Limits:
    """What one script may use."""

    memory: int = setting(_ENGINE.memory, "memory of the script's values", unit="bytes", minimum=1 << 20)
    slice: float = setting(
        _ENGINE.slice, "computing without giving control back to the kernel", unit="seconds", minimum=0.001
    )
    value_bytes: int = setting(
        _ENGINE.value_bytes, "one value between script and kernel, as JSON", unit="bytes", minimum=1024
    )
    value_depth: int = setting(_ENGINE.value_depth, "nesting of such a value", unit="levels", minimum=1)
    output_bytes: int = setting(_ENGINE.output_bytes, "all that the script prints", unit="bytes", minimum=0)


@attrs.frozen
class Modules:
    """Where `require` and `import` look besides the spell's own folder."""

    paths: tuple[str, ...] = setting((), "more folders with modules, relative to the project")


@attrs.frozen
class Config:
    """The whole configuration."""

    run: Run = attrs.field(factory=Run)
    engine: Mapping[str, str] = table(
        "Which engine runs a language or a file extension.", '[engine]\njavascript = "quickjs"'
    )
    plugins: Plugins = attrs.field(factory=Plugins)
    hooks: Hooks = attrs.field(factory=Hooks)
    budget: Budget = attrs.field(factory=Budget)
    limits: Limits = attrs.field(factory=Limits)
    modules: Modules = attrs.field(factory=Modules)
    provider: Mapping[str, Table] = table(
        "Providers of models, one table each; its plugin says what it may hold.", "[provider.NAME]"
    )
    tool: Mapping[str, Table] = table("Tools, one table each; its plugin says what it may hold.", "[tool.NAME]")
    agent: Mapping[str, Table] = table(
        "Agent types and agents, one table each; its plugin says what it may hold.", "[agent.NAME]"
    )
    hook: Mapping[str, Table] = table("Hooks, one table each; its plugin says what it may hold.", "[hook.NAME]")
