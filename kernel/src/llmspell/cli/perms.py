"""`llmspell perms`, and what `--dry-run` shows: what a spell may do, and why."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import click

from llmspell.cli.asking import answered
from llmspell.cli.grants import grant_options, take_grants
from llmspell.cli.loading import load_config, set_option
from llmspell.cli.table import table
from llmspell.permissions.answers import Answered
from llmspell.permissions.policy import Policy
from llmspell.redaction import Redactor
from llmspell.spell import Source

if TYPE_CHECKING:
    from llmspell.kernel import Kernel, RunOptions

DENIED = 4
_MAY_RUN = ("allowed", "ask")

_OUTCOMES = {
    "granted already": "granted",
    "granted always": "granted by your answer, kept",
    "refused for good": "refused by your answer, kept",
    "denied": "denied",
    "not asked": "asked for on a terminal, refused elsewhere",
}


@click.group()
def perms() -> None:
    """Show and check what a spell may do."""


@perms.command()
@click.argument("file", metavar="FILE")
@click.option("--profile", default="", metavar="P", help="The security level.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@grant_options
@set_option
def explain(file: str, as_json: bool, **options: Any) -> None:
    """Show what the spell in FILE may do, where each permission comes from, and what its header asks for."""
    kernel, source, chosen = _prepared(file, options)
    show(describe(kernel, source, chosen), as_json=as_json)


@perms.command()
@click.argument("file", metavar="FILE")
@click.option("--profile", default="", metavar="P", help="The security level.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@grant_options
@set_option
def check(file: str, as_json: bool, **options: Any) -> None:
    """Tell whether all that the header of FILE asks for is granted; the exit code is 4 when it is not."""
    kernel, source, chosen = _prepared(file, options)
    found, _ = answered(source, kernel.loaded, kernel.policy(chosen, source), ask=False)
    lacking = [each for each in found if not each.granted]
    if as_json:
        _print({"schema": "llmspell.perms-check/1", "granted": not lacking, "requests": _requests(found)})
    else:
        for each in lacking:
            click.echo(f"{source.name}:{each.request.line}: {_line(each)}", err=True)
        if lacking:
            click.echo(f"hint: add {' '.join(each.flag for each in lacking)}", err=True)
        else:
            click.echo(f"{source.name} has all that its header asks for", err=True)
    sys.exit(DENIED if lacking else 0)


def describe(kernel: Kernel, source: Source, chosen: RunOptions, *, engine: str = "") -> dict[str, Any]:
    """What a spell may do, as JSON-like data; with an engine, also what would run. Nobody is asked, nothing runs."""
    policy = kernel.policy(chosen, source)
    found, granted = answered(source, kernel.loaded, policy, ask=False)
    policy = kernel.policy(attrs.evolve(chosen, permissions=(*chosen.permissions, granted)), source)
    profile = policy.profile
    data: dict[str, Any] = {
        "schema": "llmspell.dry-run/1" if engine else "llmspell.perms/1",
        "spell": source.name,
        "profile": {"name": profile.name, "level": profile.level, "transport": profile.transport},
        "permissions": _permissions(policy),
        "requests": _requests(found),
        "left_out": [{"key": each.key, "where": each.where} for each in kernel.loaded.withheld],
    }
    if engine:
        data |= _run(kernel, policy, chosen, engine)
    return data


def show(data: dict[str, Any], *, as_json: bool) -> None:
    """Print what `describe` gives."""
    if as_json:
        _print(data)
        return
    profile = data["profile"]
    click.echo(f"{data['spell']}: profile {profile['name']}, runs {_WHERE[profile['transport']]}")
    if "engine" in data:
        limits = ", ".join(f"{name} {value}" for name, value in data["limits"].items())
        click.echo(f"engine {data['engine']}, limits: {limits}")
        click.echo(f"walls demanded: {', '.join(data['walls']) or 'none'}")
        click.echo(f"tools: {', '.join(data['tools']) or 'none'}")
        click.echo(f"models: {', '.join(data['models']) or 'none'}; by default {data['model'] or 'what is set up'}")
    rows = [(each["verb"], each["permission"], each["pattern"], each["origin"]) for each in data["permissions"]]
    click.echo("\n" + (table(("", "permission", "pattern", "from"), rows) if rows else "It may do nothing by itself."))
    if data["requests"]:
        asked = [
            (each["permission"], each["pattern"], each["reason"], each["outcome"], each["flag"])
            for each in data["requests"]
        ]
        click.echo("\n" + table(("asks for", "pattern", "reason", "outcome", "flag"), asked))


_WHERE = {"inline": "in this process", "worker": "in a process of its own"}


def _prepared(file: str, options: dict[str, Any]) -> tuple[Kernel, Source, RunOptions]:
    from llmspell.kernel import Kernel, RunOptions

    loaded = load_config(options["sets"])
    chosen = RunOptions(profile=options["profile"], permissions=take_grants(options, loaded.project))
    return Kernel(loaded), Source.read(file), chosen


def _permissions(policy: Policy) -> list[dict[str, str]]:
    return [
        {"verb": verb, "permission": kind.key, "pattern": rule.pattern.text, "origin": rule.origin}
        for verb, kind, rule in policy.grants.rules()
    ] + [
        {"verb": "ask", "permission": "cost", "pattern": f"{step.amount:g} USD", "origin": step.origin}
        for step in [policy.cost_step]
        if step is not None
    ]


def _requests(found: Sequence[Answered]) -> list[dict[str, Any]]:
    return [
        {
            "permission": each.request.kind.key,
            "pattern": each.request.pattern,
            "reason": each.request.reason,
            "line": each.request.line,
            "granted": each.granted,
            "outcome": _OUTCOMES[each.outcome],
            "flag": each.flag,
        }
        for each in found
    ]


def _run(kernel: Kernel, policy: Policy, chosen: RunOptions, engine: str) -> dict[str, Any]:
    """What would run: nothing of it is loaded but its name."""
    model = chosen.model or kernel.config.run.model
    limits = {**attrs.asdict(kernel.config.limits), **policy.profile.all_limits()}
    return {
        "engine": engine,
        "limits": limits,
        "walls": _walls(kernel, policy),
        "tools": [name for name in kernel.plugins.names("tool") if policy.decide("tools", name).reason in _MAY_RUN],
        "model": model
        if not model or policy.decide("models", model).reason in _MAY_RUN
        else f"{model}, which is denied",
        "models": [rule.pattern.text for rule in policy.grants.allow.get("models", ())],
    }


def _walls(kernel: Kernel, policy: Policy) -> list[str]:
    """The walls without which the spell's worker would not begin it."""
    if policy.profile.transport != "worker":
        return []
    from llmspell.bridge.walls import demanded

    sandbox = kernel.config.sandbox
    return sorted(demanded(policy.profile.level, sandbox.require, sandbox.accept_missing))


def _line(each: Answered) -> str:
    return f"{each.request.kind.key} of {each.request.pattern!r} is {_OUTCOMES[each.outcome]}"


def _print(data: dict[str, Any]) -> None:
    click.echo(json.dumps(Redactor.of_environment(os.environ).data(data), ensure_ascii=False))
