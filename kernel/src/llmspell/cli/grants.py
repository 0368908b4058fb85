"""The options that grant, deny and ask: `--allow-net=HOST`, `--deny-fs-read=PATH`, `--ask-tool=NAME`, `--allow-all`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from llmspell.permissions.grants import Grants, merge
from llmspell.permissions.kinds import ASKABLE, KINDS, Kind, spelled

_Command = TypeVar("_Command", bound=Callable[..., Any])
_PREFIX = "permission"
_WORDS = {
    "allow": "Let the spell {}.",
    "deny": "Never let it {}, whatever allows it.",
    "ask": "Ask before it may {}, even if it is allowed.",
}


def grant_options(command: _Command) -> _Command:
    """Add the options to a command; `take_grants` reads them from what the command is given."""
    command = click.option("--allow-all", is_flag=True, help="Allow everything that nothing denies.")(command)
    cost = click.option("--ask-cost", type=float, metavar="USD", help="Ask each time that so much more was spent.")
    command = cost(command)
    for verb, kind in reversed(_options()):
        command = _option(verb, kind)(command)
    return command


def allow_options(command: _Command) -> _Command:
    """Add the options that grant, for a command that hands on their patterns; see `take_allowed`."""
    for kind in reversed(KINDS.values()):
        command = _option("allow", kind)(command)
    return command


def take_allowed(options: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The patterns that `allow_options` were given, as they were written, by the key of their kind."""
    found = {
        kind.key: tuple(pattern for text in options[_name("allow", kind)] for pattern in _divided(kind, text))
        for kind in KINDS.values()
    }
    return {key: patterns for key, patterns in found.items() if patterns}


def _options() -> list[tuple[str, Kind]]:
    kinds = KINDS.values()
    asked = [("ask", kind) for kind in kinds if kind.key in ASKABLE]
    return [*(("allow", kind) for kind in kinds), *(("deny", kind) for kind in kinds), *asked]


def _option(verb: str, kind: Kind) -> Callable[[_Command], _Command]:
    words = _WORDS[verb].format(kind.doc)
    return click.option(
        f"--{verb}-{kind.flag}", _name(verb, kind), multiple=True, metavar=kind.example, help=f"{words} Repeatable."
    )


def _name(verb: str, kind: Kind) -> str:
    return f"{_PREFIX}_{verb}_{kind.key.replace('.', '_')}"


def take_grants(options: Mapping[str, Any], project: Path) -> tuple[Grants, ...]:
    """What the options say, each pattern with its flag as origin; empty when they say nothing.

    Raises:
        UsageError: a pattern cannot be read.
    """
    found = [Grants.all("--allow-all")] if options["allow_all"] else []
    for verb, kind in _options():
        for text in options[_name(verb, kind)]:
            found += [_granted(verb, kind, pattern, project) for pattern in _divided(kind, text)]
    if (cost := options["ask_cost"]) is not None:
        found.append(Grants.of({}, origin=f"--ask-cost={cost:g}", base=project, cost=cost))
    return (merge(found),) if found else ()


def _divided(kind: Kind, text: str) -> list[str]:
    from llmspell.permissions.request import divided

    return divided(kind, text)


def _granted(verb: str, kind: Kind, pattern: str, project: Path) -> Grants:
    given = {kind.key: (pattern,)}
    tables = {each: given if each == verb else {} for each in _WORDS}
    origin = spelled(kind, pattern, verb=verb)
    return Grants.of(tables["allow"], tables["deny"], ask=tables["ask"], origin=origin, base=project)
