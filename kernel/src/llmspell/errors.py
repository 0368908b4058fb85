"""Every error that llmspell raises on purpose, one class per person who must act.

LlmspellError
├── UsageError           the spell's author: an argument, an option or a name is wrong
│   └── UnknownPlugin    the user: the named component is not installed
├── AmbiguousPlugin      the user: two distributions offer one name
├── BrokenPlugin         the plugin's author: it is installed but does not load
├── ConfigError          the user: a configuration file, variable or option is wrong
├── SandboxUnavailable   the user: the profile demands a wall that this system lacks
├── PermissionDenied     the user: the profile or a permission does not allow it
├── Vetoed               the hook's author: a hook refused the operation
├── BudgetExceeded       the user: a limit of the run was reached
├── ProviderError        the user or the model's server: see its `kind`
├── ToolFailed           the tool's author
├── ScriptFailed         the spell's author
├── TimedOut             whoever set the timeout
├── Interrupted          whoever is asked: the run is paused until somebody answers
└── Cancelled            nobody: the run was stopped on request

`kind` is one of `KINDS`, the same words in Python, in every script language, in JSON and on the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

KINDS = frozenset(
    {
        "unknown_tool",
        "unknown_agent",
        "unknown_model",
        "unknown_option",
        "invalid_arguments",
        "permission",
        "timeout",
        "cancelled",
        "interrupted",
        "budget",
        "vetoed",
        "provider",
        "rate_limited",
        "authentication",
        "network",
        "tool_failed",
        "script_failed",
        "not_found",
        "conflict",
        "plugin",
        "config",
        "internal",
    }
)


class LlmspellError(Exception):
    """A failure with a kind, a sentence, and what to type next.

    Args:
        message: one sentence: who, what, what was found.
        kind: one of `KINDS`.
        component: `<kind>:<name>`, such as `tool:half` or `provider:openai`; empty when no component is at fault.
        retryable: whether the same call may succeed later.
        hint: what to type or change next; empty when nothing is known.
        details: JSON-like data for programs.
    """

    default_kind = "internal"

    def __init__(
        self,
        message: str,
        *,
        kind: str | None = None,
        component: str = "",
        retryable: bool = False,
        hint: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.message = message
        self.kind = kind or self.default_kind
        self.component = component
        self.retryable = retryable
        self.hint = hint
        self.details = dict(details or {})
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.__dict__.copy())

    def __str__(self) -> str:
        return self.message

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON-like data: what a script, an event or `--json` shows."""
        return {
            "kind": self.kind,
            "message": self.message,
            "component": self.component,
            "retryable": self.retryable,
            "hint": self.hint,
            "details": self.details,
        }


def _rebuild(cls: type[LlmspellError], fields: dict[str, Any]) -> LlmspellError:
    error = cls.__new__(cls)
    error.__dict__.update(fields)
    Exception.__init__(error, fields["message"])
    return error


class UsageError(LlmspellError):
    """The spell's author or the caller named or passed something wrong."""

    default_kind = "invalid_arguments"


class UnknownPlugin(UsageError):
    """No installed distribution offers the named component.

    Args:
        plugin_kind: `engine`, `provider`, `tool`, `agent` or `hook`.
        name: what was asked for.
        installed: the names that are installed.
        hint: what to install; worked out from the kind when empty.
    """

    def __init__(self, plugin_kind: str, name: str, installed: Sequence[str] = (), *, hint: str = "") -> None:
        self.plugin_kind = plugin_kind
        self.name = name
        self.installed = tuple(installed)
        near = near_names(name, installed)
        shown = sorted(installed)[:_MOST_NAMES]
        more = len(installed) - len(shown)
        listed = ", ".join(shown) + (f" and {more} more" if more else "") or "none"
        super().__init__(
            f"no {plugin_kind} named {name!r} is installed; installed {plugin_kind}s: {listed}",
            kind=_UNKNOWN.get(plugin_kind, "plugin"),
            component=f"{plugin_kind}:{name}",
            hint=f"did you mean {near[0]!r}?" if near else hint or f"pip install llmspell-{plugin_kind}-{name}",
            details={"installed": sorted(installed), "near": near},
        )


_MOST_NAMES = 12  # of an error's sentence; `details` has all of them
_UNKNOWN = {"tool": "unknown_tool", "agent": "unknown_agent", "provider": "unknown_model"}


class AmbiguousPlugin(LlmspellError):
    """Two or more distributions offer one name, and none is chosen silently."""

    default_kind = "plugin"

    def __init__(self, plugin_kind: str, name: str, distributions: Sequence[str]) -> None:
        self.plugin_kind = plugin_kind
        self.name = name
        self.distributions = tuple(distributions)
        super().__init__(
            f"{plugin_kind} {name!r} is offered by {' and '.join(distributions)}",
            component=f"{plugin_kind}:{name}",
            hint=f"uninstall one, or block one in llmspell.toml: [plugins] block = [{distributions[-1]!r}]",
            details={"distributions": list(distributions)},
        )


class BrokenPlugin(LlmspellError):
    """A plugin is installed but cannot be used: its author must act. The cause is chained."""

    default_kind = "plugin"

    def __init__(self, plugin_kind: str, name: str, distribution: str, entry_point: str, reason: str) -> None:
        self.plugin_kind = plugin_kind
        self.name = name
        self.distribution = distribution
        self.entry_point = entry_point
        super().__init__(
            f"{plugin_kind} {name!r} of {distribution} does not load: {reason} (entry point {entry_point})",
            component=f"{plugin_kind}:{name}",
            hint=f"report it to the authors of {distribution}, or switch it off with LLMSPELL_BLOCK={distribution}",
            details={"distribution": distribution, "entry_point": entry_point},
        )


class ConfigError(LlmspellError):
    """Configuration is wrong; `problems` has one sentence each, with file, line and path where they are known."""

    default_kind = "config"

    def __init__(self, problems: Sequence[str], *, hint: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems), hint=hint, details={"problems": list(problems)})


class SandboxUnavailable(LlmspellError):
    """The profile demands a wall that this system lacks."""

    default_kind = "config"


class PermissionDenied(LlmspellError):
    """The profile or a permission does not allow the operation."""

    default_kind = "permission"


class Vetoed(LlmspellError):
    """A hook refused the operation."""

    default_kind = "vetoed"


class BudgetExceeded(LlmspellError):
    """A limit of the run was reached; `budget` names it (`model_calls`, `tokens`, `wall_time`, ...).

    Args:
        limit: what may be used.
        unit: what `limit` counts.
        setting: the configuration key that raises it; empty for `budget.<name>`.
        hint: what to do where no setting raises it.
    """

    default_kind = "budget"

    def __init__(self, budget: str, limit: float, *, unit: str = "", setting: str = "", hint: str = "") -> None:
        self.budget = budget
        self.limit = limit
        amount = f"{limit:.12g}{' ' + unit if unit else ''}"
        key = setting or f"budget.{budget}"
        super().__init__(
            f"the budget {budget} of {amount} is used up",
            hint=hint or f"raise it with --set {key}=N, or in llmspell.toml under [{key.partition('.')[0]}]",
            details={"budget": budget, "limit": limit},
        )

    @property
    def stop_reason(self) -> str:
        """`budget.<name>`."""
        return f"budget.{self.budget}"


class ProviderError(LlmspellError):
    """A model could not answer.

    `kind` is `provider`, `rate_limited`, `authentication`, `network`, `timeout` or `unknown_model`.
    """

    default_kind = "provider"


class ToolFailed(LlmspellError):
    """A tool raised; the cause is chained."""

    default_kind = "tool_failed"


class ScriptFailed(LlmspellError):
    """A script raised.

    Args:
        message: the script's own message, without the place.
        file: the chunk's name as the user typed it; empty when unknown.
        line: one-based; 0 when unknown.
        traceback: the guest's stack, one frame a line; empty when unknown.
    """

    default_kind = "script_failed"

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        line: int = 0,
        traceback: str = "",
        kind: str | None = None,
        component: str = "",
        retryable: bool = False,
        hint: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.file = file
        self.line = line
        self.traceback = traceback
        super().__init__(message, kind=kind, component=component, retryable=retryable, hint=hint, details=details)


class TimedOut(LlmspellError):
    """A timeout passed."""

    default_kind = "timeout"

    def __init__(self, what: str, seconds: float, *, component: str = "") -> None:
        super().__init__(f"{what} took longer than {seconds:g} seconds", component=component, retryable=True)


class Cancelled(LlmspellError):
    """The run was stopped on request; never reported as success."""

    default_kind = "cancelled"

    def __init__(self, reason: str = "the run was cancelled") -> None:
        super().__init__(reason)


class Interrupted(LlmspellError):
    """The run stopped where it must wait for a person, and can be resumed."""

    default_kind = "interrupted"


_LONGEST_NAME = 100  # characters; the search takes a time that grows with their square
_COMPARED = 8  # names


def near_names(name: str, known: Sequence[str]) -> list[str]:
    """Up to three of `known` that look like `name`, nearest first."""
    from difflib import get_close_matches

    if len(name) > _LONGEST_NAME:
        return []
    # Comparing is slow, and a script can be wrong thousands of times: only names of much the same letters are compared.
    letters = _letters(name)
    alike = {each: _share(letters, _letters(each)) for each in known}
    return get_close_matches(name, sorted(known, key=alike.__getitem__)[-_COMPARED:], n=3, cutoff=0.6)


@lru_cache(maxsize=4096)
def _letters(name: str) -> int:
    """A bit for each letter that is in a name."""
    return sum({1 << ord(letter) % 64 for letter in name})


def _share(one: int, other: int) -> float:
    return (one & other).bit_count() / ((one | other).bit_count() or 1)


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """`did you mean 'x'?`, or the list of what exists when nothing is near."""
    near = near_names(name, known)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(sorted(known))}" if known else ""
