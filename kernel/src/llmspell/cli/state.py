"""`llmspell state`: the values of the scopes that are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import attrs
import click

from llmspell.approvals.shown import plain, shortened
from llmspell.cli.loading import in_kernel, set_option
from llmspell.cli.table import table
from llmspell.errors import LlmspellError, UsageError, did_you_mean
from llmspell.state.namespaces import KEPT, ScopeName, namespace
from llmspell.store import Delete, Entry, Put, Store
from llmspell.values import dumps

if TYPE_CHECKING:
    from llmspell.kernel import Kernel

_PAGE = 1000


@attrs.frozen
class Place:
    """One scope's values: `owner` is the user, or the session's id; empty for `app`."""

    scope: ScopeName
    owner: str

    @property
    def namespace(self) -> str:
        """Where they are in the store."""
        return namespace(self.scope, self.owner)

    def __str__(self) -> str:
        return f"{self.scope} {self.owner}".strip()


@attrs.frozen
class Chosen:
    """The options that choose a scope, as they were given."""

    scope: str
    user: str
    session: str

    @property
    def anything(self) -> bool:
        """Whether any was."""
        return bool(self.scope or self.user or self.session)

    def place(self, kernel: Kernel) -> Place:
        """The scope that they name; `app` when nothing was given.

        Raises:
            UsageError: they contradict one another, there is no such scope, or the id can be no session's.
        """
        if self.user and self.session:
            raise UsageError("--user and --session name two scopes", hint="give one of them")
        implied = "user" if self.user else "session" if self.session else ""
        chosen = self.scope or implied or "app"
        if chosen in ("run", "temp"):
            raise UsageError(f"the scope {chosen!r} lasts no longer than a run, and is not kept")
        if chosen not in KEPT:
            raise UsageError(f"there is no scope {chosen!r}", hint=did_you_mean(chosen, KEPT))
        if implied and chosen != implied:
            raise UsageError(f"--{implied} is for the scope {implied!r}, not for {chosen!r}")
        if chosen == "session" and not self.session:
            raise UsageError("the scope 'session' needs a session", hint="add --session ID")
        if self.session:
            from llmspell.sessions.parts import check_id

            check_id(self.session)
        owner = {"user": self.user or kernel.config.run.user, "session": self.session}.get(chosen, "")
        return next(Place(kept, owner) for kept in KEPT if kept == chosen)


def _scope_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that choose a scope; the command takes them together, as `chosen`."""

    @wraps(command)
    def take(scope: str, user: str, session: str, **others: Any) -> None:
        command(chosen=Chosen(scope, user, session), **others)

    for option in (
        click.option("--session", default="", metavar="ID", help="Of the scope `session`, of this session."),
        click.option("--user", default="", metavar="NAME", help="Of the scope `user`, of this user."),
        click.option("--scope", default="", metavar="SCOPE", help="app (the default), user or session."),
    ):
        take = option(take)
    return take


@click.group()
def state() -> None:
    """Show and change the state that is kept: of the project (app), of users and of sessions."""


@state.command("list")
@click.argument("prefix", default="")
@_scope_options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def list_(prefix: str, chosen: Chosen, as_json: bool, sets: tuple[str, ...]) -> None:
    """List the keys, or those that start with PREFIX; without a scope, of all scopes."""

    async def work(kernel: Kernel) -> list[tuple[Place, Entry]]:
        given = [chosen.place(kernel)] if chosen.anything else await _places(kernel.store)
        return [(place, entry) for place in given for entry in await _entries(kernel.store, place, prefix)]

    found = in_kernel(work, sets)
    if as_json:
        _print({"schema": "llmspell.state/1", "entries": [_described(*each) for each in found]})
        return
    rows = [
        (place.scope, plain(place.owner), plain(entry.key), _expiry(entry) or "", shortened(_text(entry.value), 60, 20))
        for place, entry in found
    ]
    click.echo(table(("scope", "of", "key", "expires", "value"), rows) if rows else "Nothing is kept.")


@state.command()
@click.argument("key")
@_scope_options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def get(key: str, chosen: Chosen, as_json: bool, sets: tuple[str, ...]) -> None:
    """Print the value of KEY as JSON."""

    async def work(kernel: Kernel) -> tuple[Place, Entry]:
        place = chosen.place(kernel)
        return place, await _found(kernel.store, place, key)

    place, entry = in_kernel(work, sets)
    if as_json:
        _print({"schema": "llmspell.state-value/1", **_described(place, entry)})
    else:
        click.echo(_text(entry.value))


@state.command("set")
@click.argument("key")
@click.argument("value")
@_scope_options
@click.option("--text", is_flag=True, help="VALUE is text as it stands, not JSON.")
@click.option("--ttl", type=float, metavar="SECONDS", help="How long it lasts; without it, for ever.")
@set_option
def set_(key: str, value: str, chosen: Chosen, *, text: bool, ttl: float | None, sets: tuple[str, ...]) -> None:
    """Set KEY to VALUE, which is JSON."""
    parsed = value if text else _parsed(value)

    async def work(kernel: Kernel) -> Place:
        place = chosen.place(kernel)
        await kernel.store.write(place.namespace, [Put(key, parsed, ttl)])
        return place

    click.echo(f"set {plain(key)} ({in_kernel(work, sets)})", err=True)


@state.command()
@click.argument("key")
@_scope_options
@set_option
def delete(key: str, chosen: Chosen, sets: tuple[str, ...]) -> None:
    """Unset KEY."""

    async def work(kernel: Kernel) -> Place:
        place = chosen.place(kernel)
        entry = await _found(kernel.store, place, key)
        await kernel.store.write(place.namespace, [Delete(key, entry.version)])
        return place

    click.echo(f"deleted {plain(key)} ({in_kernel(work, sets)})", err=True)


async def _places(store: Store) -> list[Place]:
    """Every scope that has a value."""
    return [
        Place(scope, name.removeprefix(namespace(scope)).removeprefix("/"))
        for scope in KEPT
        for name in await store.namespaces(namespace(scope))
    ]


async def _entries(store: Store, place: Place, prefix: str = "") -> list[Entry]:
    found: list[Entry] = []
    while page := await store.scan(place.namespace, prefix, found[-1].key if found else None, _PAGE):
        found += page
    return found


async def _found(store: Store, place: Place, key: str) -> Entry:
    entry = await store.get(place.namespace, key)
    if entry is not None:
        return entry
    known = [each.key for each in await store.scan(place.namespace)]
    raise LlmspellError(
        f"there is no key {key!r} ({place})",
        kind="not_found",
        component=f"state:{place.scope}",
        hint=did_you_mean(key, known[:20]) if known else "nothing is kept there",
    )


def _described(place: Place, entry: Entry) -> dict[str, Any]:
    return {
        "scope": place.scope,
        "owner": place.owner,
        "key": entry.key,
        "value": json.loads(dumps(entry.value)),
        "version": entry.version,
        "expires": _expiry(entry),
    }


def _expiry(entry: Entry) -> str | None:
    return None if entry.expires is None else datetime.fromtimestamp(entry.expires, UTC).isoformat(timespec="seconds")


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as cause:
        raise UsageError(f"VALUE is not JSON: {cause}", hint="for text as it stands, add --text") from cause


def _text(value: Any) -> str:
    """A value as JSON; what JSON lacks is marked as between the kernel and scripts."""
    return json.dumps(json.loads(dumps(value)), ensure_ascii=False)


def _print(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))
