"""What a configuration file may say: one frozen class per section, each setting with its unit and bounds.

Config
├── run        what a run starts with
├── engine     which engine runs which language
├── plugins    which plugins may not load
├── hooks      which hooks are switched on
├── budget     what a run may use in all
├── limits     what one script may use
├── modules    where `require` and `import` look
├── sandbox    which walls around a worker a run insists on
├── permissions, profile, spell
│              what spells may do, checked by `llmspell.permissions.configured`
├── tools      how tools are called
├── toolset    tools under one name, with rules of their own
├── openapi    web APIs whose operations are tools
├── artifacts  how much artifacts may take
├── approvals  how long questions wait for an answer, and where
├── prompts    templates by name, rendered by `llmspell.templates`
├── router     models that choose among models, checked by `llmspell.router`
└── provider, tool, agent, hook, store
               one table per component, checked by its plugin
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from llmspell.bridge.walls import Wall
from llmspell.config.fields import Table, setting, table
from llmspell.config.routing import Router
from llmspell.engine import Limits as EngineLimits

_ENGINE = EngineLimits()

VERSION = 2
"""What `config_version` says in a file of today; `llmspell.config.migrate` knows what changed since version 1."""

RESERVED = {
    "schedule": "runs at set times",
}
"""Sections that mean nothing yet, and what they are kept for: an error, so that nobody relies on one."""


@attrs.frozen
class Run:
    """What a run starts with, unless the spell or the command line says otherwise."""

    model: str = setting("", "model of agents that name none, as provider/model; empty: of the provider that is set up")
    profile: str = setting(
        "medium", "security level of spells: low trusts them, high grants nothing by itself, or one of [profile.NAME]"
    )
    model_timeout: float = setting(
        120.0, "longest one model call may take, its stream included", unit="seconds", minimum=0.001
    )
    store: str = setting("sqlite", "the store that keeps state, sessions and artifacts, or a table [store.NAME]")
    user: str = setting("local", "whom runs are for: they share the state of the scope `user`")


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
    ping_pong: int = setting(
        2,
        "how often one agent may hand over to the same other before one of them answers; it ends as budget.hops",
        minimum=1,
    )
    depth: int = setting(
        16, "operations inside one another: a model call of an agent of a spell is the second", minimum=1
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
    write_bytes: int = setting(256 << 20, "all that it writes to files", unit="bytes", minimum=0)
    open_files: int = setting(64, "files that it has open at once", minimum=0)
    processes: int = setting(16, "programs that it has running at once", minimum=0)
    state_bytes: int = setting(
        16 << 20,
        "all values of its state in memory, as JSON; each branch and `temp` apart",
        unit="bytes",
        minimum=0,
    )
    event_rate: int = setting(10_000, "events that it publishes and logs", unit="in a second", minimum=1)


@attrs.frozen
class Modules:
    """Where `require` and `import` look besides the spell's own folder."""

    paths: tuple[str, ...] = setting((), "more folders with modules, relative to the project")


@attrs.frozen
class Sandbox:
    """Which walls around a script's worker process a run insists on; see docs/walls.md. Profile low has no worker."""

    require: tuple[Wall, ...] = setting((), "walls without which no script begins, besides those of the profile")
    accept_missing: tuple[Wall, ...] = setting((), "walls that may be missing, whoever demands them")


@attrs.frozen
class Tools:
    """How tools are called; [tool.NAME] is about single ones."""

    coerce: Literal["off", "safe", "lenient"] = setting(
        "safe", 'arguments that do not fit are made to: safe loses nothing ("3" to 3), lenient guesses ("yes" to true)'
    )


@attrs.frozen
class ToolsetBudget:
    """What the tools of a toolset may use together, in each run."""

    calls: int | None = setting(None, "calls, retries included; absent: no limit", minimum=0, example=20)
    interval: float = setting(0.0, "from the beginning of one call to that of the next", unit="seconds", minimum=0)

    def __attrs_post_init__(self) -> None:
        if self.calls is None and not self.interval:
            raise ValueError("give calls, interval or both")


@attrs.frozen
class ToolsetCache:
    """How long the answers of a toolset's idempotent tools are given again, to the same arguments in the same run."""

    ttl: float = setting(300.0, "how long an answer holds", unit="seconds", minimum=0.001)
    entries: int = setting(256, "answers kept; the one that was asked for longest ago goes first", minimum=1)


@attrs.frozen
class ToolsetRetry:
    """How often a toolset's idempotent tools are tried, where an error says that it may pass."""

    attempts: int = setting(3, "calls in all, the first one included", minimum=2)
    wait: float = setting(30.0, "waiting between them, in all", unit="seconds", minimum=0)


@attrs.frozen
class ToolsetTable:
    """Tools under one name, for agents: `[toolset.NAME]`; names are patterns, with `*` for any text."""

    tools: tuple[str, ...] = setting(("*",), "the tools in it")
    exclude: tuple[str, ...] = setting((), "those of them that are left out")
    rename: Mapping[str, str] = table("Other names for some of them.", '[toolset.NAME.rename]\nfile_read = "read"')
    prefix: str = setting("", "what is put before each name, new ones included")
    approval: tuple[str, ...] = setting((), "the tools that are asked about before each call, by their first names")
    budget: ToolsetBudget | None = attrs.field(default=None)
    cache: ToolsetCache | None = attrs.field(default=None)
    retry: ToolsetRetry | None = attrs.field(default=None)


@attrs.frozen
class OpenApi:
    """A web API whose operations are tools: `[openapi.NAME]`; see docs/plugins/tools-from-elsewhere.md."""

    document: str = setting("", "its OpenAPI document, relative to this file; a project's lies inside its folder")
    base_url: str = setting("", "where requests go; empty: to the first server that the document names")
    variables: Mapping[str, str] = table("Variables in the server's URL.", '[openapi.NAME.variables]\nregion = "eu"')
    include: tuple[str, ...] = setting((), "which operations, by patterns of their operationId or name; empty: all")
    tags: tuple[str, ...] = setting((), "which operations, by their tags; empty: all")
    prefix: str | None = setting(None, "goes before each tool's name; absent: NAME and an underscore", example="pets_")
    secret: str | Mapping[str, str] = setting(
        "", "the name of the key that it wants; a table by security scheme where there are several"
    )
    timeout: float = setting(60.0, "longest one call may take", unit="seconds", minimum=0.001)

    def __attrs_post_init__(self) -> None:
        if not self.document:
            raise ValueError("give a document")


@attrs.frozen
class Approvals:
    """How what `[permissions] ask` names is asked about; see docs/approvals.md."""

    timeout: float = setting(300.0, "how long a question waits; then it is denied", unit="seconds", minimum=0.1)
    wait: bool = setting(False, "without a terminal, wait for `llmspell approvals approve` instead of denying at once")
    pause: bool = setting(False, "without a terminal, stop until `llmspell resume`, as with --pause-approvals")


@attrs.frozen
class Artifacts:
    """How much artifacts may take in a store."""

    largest: int = setting(64 << 20, "one artifact", unit="bytes", minimum=0)
    total: int = setting(2 << 30, "all of them; the same content counts once", unit="bytes", minimum=0)


@attrs.frozen
class ProfileTable:
    """A profile of the user's own: `[profile.NAME]`."""

    extends: str = setting("medium", "the profile that it adds to")
    transport: Literal["", "inline", "worker"] = setting("", "where scripts run; empty: as the extended profile")
    limits: Table = table("As [limits], for this profile only.", "[profile.NAME.limits]")
    permissions: Table = table("As [permissions], for this profile only.", "[profile.NAME.permissions]")


@attrs.frozen
class SpellTable:
    """What holds for the spells whose path fits a pattern: `[spell."reports/*.lua"]`."""

    permissions: Table = table("As [permissions], for these spells only.", '[spell."PATTERN".permissions]')


@attrs.frozen
class Prompt:
    """A named template: its text or the file that holds it, and values for variables that nobody else gives."""

    text: str | None = setting(None, "the template", example="You review {{language}}.")
    file: str | None = setting(
        None,
        "the file with the template, relative to this one; a project's lies inside its folder",
        example="prompt.md",
    )
    values: Table = table(
        "Values of variables, unless the caller gives them.", '[prompts.NAME.values]\nlanguage = "Lua"'
    )

    def __attrs_post_init__(self) -> None:
        if (self.text is None) == (self.file is None):
            raise ValueError("give either text or file")


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
    sandbox: Sandbox = attrs.field(factory=Sandbox)
    approvals: Approvals = attrs.field(factory=Approvals)
    artifacts: Artifacts = attrs.field(factory=Artifacts)
    tools: Tools = attrs.field(factory=Tools)
    toolset: Mapping[str, ToolsetTable] = table(
        'Toolsets, which agents name as "toolset:NAME"; see docs/tools.md.',
        '[toolset.reading]\ntools = ["file_*", "json_query"]\nexclude = ["file_delete"]\ncache.ttl = 60.0',
    )
    openapi: Mapping[str, OpenApi] = table(
        "Web APIs, whose operations become tools named NAME_OPERATION.",
        '[openapi.petstore]\ndocument = "petstore.yaml"\ntags = ["pets"]\nsecret = "PETSTORE_KEY"',
    )
    permissions: Table = table(
        "What spells may do besides what their profile allows: patterns by kind; deny wins over ask, ask over allow.",
        '[permissions]\n"fs.read" = ["data/**"]\nnet = ["api.example.com:443"]\n'
        'deny.net = ["*.internal"]\nask.tools = ["email_*"]',
    )
    profile: Mapping[str, ProfileTable] = table(
        "Profiles of your own.", '[profile.ci]\nextends = "medium"\npermissions.net = ["api.example.com"]'
    )
    spell: Mapping[str, SpellTable] = table(
        "Permissions of single spells, by their path in the project.",
        '[spell."reports/*.lua".permissions]\nnet = ["api.example.com"]',
    )
    prompts: Mapping[str, str | Prompt] = table(
        "Templates by name: text, or a table with `text` or `file`, and `values`.",
        '[prompts]\nreviewer = "You review {{language}}. {{> tone}}"\ntone = "Be kind."',
    )
    router: Mapping[str, Router] = table(
        "Models that choose among models, by the name behind `router/`.",
        '[router.steady]\nmodels = ["fast/model", "sure/model"]',
    )
    provider: Mapping[str, Table] = table(
        "Providers of models, one table each; its plugin says what it may hold.", "[provider.NAME]"
    )
    tool: Mapping[str, Table] = table(
        "Tools, one table each; its plugin says what it may hold. With `spell`, a file, that spell is the tool.",
        "[tool.NAME]",
    )
    agent: Mapping[str, Table] = table(
        "Agent types and agents, one table each; its plugin says what it may hold.", "[agent.NAME]"
    )
    hook: Mapping[str, Table] = table("Hooks, one table each; its plugin says what it may hold.", "[hook.NAME]")
    store: Mapping[str, Table] = table("Stores, one table each; its plugin says what it may hold.", "[store.NAME]")
