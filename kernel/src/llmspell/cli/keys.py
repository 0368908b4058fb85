"""`llmspell keys`: the keys of providers, in the system's keyring or in an encrypted file."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from llmspell.cli.loading import make_kernel
from llmspell.cli.table import table
from llmspell.errors import ConfigError, LlmspellError, UsageError
from llmspell.redaction import SHORTEST, secret_name
from llmspell.secrets import Secrets
from llmspell.secrets.lookup import Store

if TYPE_CHECKING:
    from llmspell.kernel import Kernel
    from llmspell.provider import Provider

_store_option = click.option(
    "--store",
    type=click.Choice(get_args(Store)),
    default=None,
    help="Where to keep it: the keyring where there is one, unless you say so.",
)


@click.group()
def keys() -> None:
    """Store, list, test and delete API keys.

    NAME is a provider, such as openai, or the name of a variable, such as OPENAI_API_KEY.
    """


@keys.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value", nargs=-1, type=click.UNPROCESSED, metavar="")
@_store_option
def set_(name: str, value: tuple[str, ...], store: Store | None) -> None:
    """Store the key NAME; its value is asked for, or read from standard input."""
    if value or "=" in name:
        raise UsageError(
            "a key is not taken from the command line: it is now in your shell's history, and other users of this "
            "system could read it",
            hint="type `llmspell keys set NAME` and then the key; revoke the one that you typed, and get a new one",
        )
    name = _resolve(make_kernel(), name)
    text = _ask(name)
    store = _keep({name: text}, store)
    click.echo(f"stored {name} in the {store}", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def list_(as_json: bool) -> None:
    """List the names of keys, where each is and who uses it; never a key itself. The first place of a name counts."""
    kernel, secrets = make_kernel(), Secrets(os.environ)
    users = _users(kernel)
    names = sorted({*users, *(name for stored in secrets.stored().values() for name in stored)})
    rows = [(name, place, users.get(name, [])) for name in names for place in secrets.places(name)]
    if as_json:
        shown = [{"name": name, "source": place, "providers": used} for name, place, used in rows]
        click.echo(json.dumps({"schema": "llmspell.keys/1", "keys": shown}))
    else:
        click.echo(table(("name", "source", "providers"), [(name, place, ", ".join(of)) for name, place, of in rows]))


@keys.command()
@click.argument("name")
def delete(name: str) -> None:
    """Delete the key NAME from the keyring and from the file."""
    name, secrets = _resolve(make_kernel(), name), Secrets(os.environ)
    stores = secrets.delete(name)
    if not stores:
        raise UsageError(
            f"no key {name!r} is stored", kind="not_found", hint="`llmspell keys list` shows what there is"
        )
    click.echo(f"deleted {name} from the {' and the '.join(stores)}", err=True)
    if secrets.has(name):
        click.echo(f"note: the environment still has it; to forget it there: unset {name}", err=True)


@keys.command()
@click.argument("name")
def test(name: str) -> None:
    """Ask the providers that use the key NAME whether it works."""
    kernel = make_kernel()
    providers = [name] if name in kernel.models.names() else _users(kernel).get(name, [])
    if not providers:
        raise UsageError(
            f"no installed provider uses the key {name!r}",
            kind="not_found",
            hint="`llmspell keys list` shows who uses which",
        )
    asyncio.run(_test(kernel, providers))


async def _test(kernel: Kernel, providers: list[str]) -> None:
    async with kernel:
        for name in providers:
            provider = kernel.models.provider(name)
            _require_names(provider)
            await provider.check_key()
            click.echo(f"{name}: the key works")


@keys.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Also take names that do not look secret.")
@_store_option
def import_(file: Path, everything: bool, store: Store | None) -> None:
    """Store the keys of FILE, which has one KEY=VALUE a line."""
    from llmspell.secrets.dotenv import parse

    try:
        found = parse(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as cause:
        reason = getattr(cause, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{file} cannot be read: {reason}", kind="not_found") from cause
    values = {name: text for name, text in found.items() if text and (everything or secret_name(name))}
    if not values:
        raise ConfigError([f"{file} holds no key"], hint="names such as OPENAI_API_KEY count; --all takes every name")
    store = _keep(values, store)
    click.echo(f"stored {', '.join(values)} in the {store}; {file} still holds the keys: rm {file}", err=True)
    if left := sorted(found.keys() - values):
        click.echo(f"note: left out {', '.join(left)}: empty, or no secret by its name (--all takes it)", err=True)


def _keep(values: Mapping[str, str], store: Store | None) -> Store:
    """Store the keys, and tell where."""
    if store is None:
        from llmspell.secrets.keyring import usable

        store = "keyring" if usable() else "file"
    secrets = Secrets(os.environ)
    secrets.keep(values, store)
    for name, text in values.items():
        if len(text) < SHORTEST:
            click.echo(f"note: {name} has fewer than {SHORTEST} characters: too few to be filtered in logs", err=True)
        first = secrets.places(name)[0]
        if first != store:
            click.echo(f"note: the {first} has {name} too, and comes first", err=True)
    return store


def _ask(name: str) -> str:
    """The value, from a person who sees nothing of it, or from standard input."""
    if sys.stdin.isatty():
        text = str(click.prompt(f"Value of {name}", hide_input=True, default="", show_default=False))
    else:
        text = sys.stdin.read()
    text = text.strip()
    if not text:
        raise UsageError(f"the value of {name} is empty; nothing was stored", hint=f"llmspell keys set {name} < FILE")
    return text


def _resolve(kernel: Kernel, name: str) -> str:
    """The name under which a key is stored: the first that a provider of that name looks for, or `name` itself.

    Raises:
        UnknownPlugin: it is neither a provider nor written like a variable, and no provider looks for it.
    """
    if name not in kernel.models.names() and (name.isupper() or name in _users(kernel)):
        return name
    return _require_names(kernel.models.provider(name))[0]


def _require_names(provider: Provider) -> tuple[str, ...]:
    names = provider.key_names()
    if not names:
        raise UsageError(
            f"the provider {provider.name!r} wants no key of its own",
            hint=f'to give it one, write api_key_env = "MY_KEY" under [provider.{provider.name}] in llmspell.toml',
        )
    return names


def _users(kernel: Kernel) -> dict[str, list[str]]:
    """The providers that look for each name; one that is broken is told of, and passed over."""
    found: dict[str, list[str]] = {}
    for provider in kernel.models.names():
        try:
            names = kernel.models.provider(provider).key_names()
        except LlmspellError as error:
            click.echo(f"note: {error}", err=True)
            continue
        for name in names:
            found.setdefault(name, []).append(provider)
    return found
