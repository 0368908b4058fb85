"""`llmspell config set`, `init`, `migrate` and `edit`: nothing is put in a file's place that is not valid."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from llmspell.cli.config_checks import checked
from llmspell.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from llmspell.config import LoadedConfig

Whose = Literal["project", "user"]


def _whose(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say whose file is meant."""
    user = click.option("--user", "whose", flag_value="user", help="Your own file, for all projects.")
    project = click.option(
        "--project", "whose", flag_value="project", default="project", help="The project's file (the default)."
    )
    return user(project(command))


@click.command("set")
@click.argument("key")
@click.argument("value")
@_whose
def set_(key: str, value: str, whose: Whose) -> None:
    """Set KEY to VALUE in a file; its comments and layout stay. VALUE is TOML, or else text."""
    from llmspell.config.edit import with_value
    from llmspell.config.keypath import split
    from llmspell.config.variables import value_of

    try:
        path = split(key)
    except ValueError as cause:
        raise UsageError(f"{key!r} is not a key", hint="write section.key, such as budget.tokens") from cause
    said = value_of(value)
    _refuse_secret(key, said)
    file, before = _file(whose)
    loaded = _put(file, before, with_value(before or "", file, path, said))
    click.echo(f"set {key} in {_name(file)}", err=True)
    origin = loaded.origin(path)
    if any(path[: len(each.path)] == each.path for each in loaded.withheld):
        click.echo(
            "note: this project is not trusted, so it is left out; to change that, type: llmspell trust", err=True
        )
    elif origin.layer != whose:
        click.echo(f"note: {origin} sets it too, and wins", err=True)


def _refuse_secret(key: str, value: Any) -> None:
    """Keys do not belong in files that are shown, shared and committed."""
    from llmspell.redaction import Redactor

    last = key.rpartition(".")[2].strip("\"'")
    if Redactor().data(value, last) != value:
        raise UsageError(
            f"{key} looks like a secret, and configuration files are no place for one",
            hint=f"type `llmspell keys set NAME` and then the key, and set {key}_env to that name",
        )


@click.command()
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults.")
def init(yes: bool) -> None:
    """Write llmspell.toml with every setting, commented out but for what you choose, to the current folder."""
    from llmspell.config.schema import VERSION
    from llmspell.config.show import default_file
    from llmspell.config.sources import PROJECT, existing

    path = Path("llmspell.toml")
    for found in existing(Path.cwd(), PROJECT):
        raise ConfigError([f"{found.name} exists already"], hint="type: llmspell config edit")
    if not yes and not sys.stdin.isatty():
        raise UsageError("config init asks questions, and this is no terminal", hint="type: llmspell config init --yes")
    chosen = {"config_version": VERSION} | ({} if yes else _asked())
    _put(path.absolute(), None, default_file(chosen))
    click.echo(f"wrote {path}", err=True)


def _asked() -> dict[str, Any]:
    """What the user answers: the model and the profile, by key; nothing where the default is as good."""
    from llmspell.config import LoadedConfig
    from llmspell.kernel import Kernel
    from llmspell.permissions.profiles import PROFILES

    models = Kernel(LoadedConfig()).models
    none = "any"
    provider = click.prompt("provider", type=click.Choice([none, *models.names()]), default=none, err=True)
    chosen = {}
    if provider != none:
        offered = models.provider(provider).default_model()
        model = click.prompt(f"model of {provider}", default=offered or None, err=True)
        chosen["run.model"] = f"{provider}/{model}"
    chosen["run.profile"] = click.prompt("profile", type=click.Choice(list(PROFILES)), default="medium", err=True)
    return chosen


@click.command()
def migrate() -> None:
    """Bring files of an older version up to date: yours, the project's, and those that they include.

    The old text stays beside each as FILE.bak.
    """
    from llmspell.config import attempt
    from llmspell.config.sources import system_folder

    system = system_folder(os.environ)
    done: dict[Path, str] = {}
    # A file that is out of date does not say what it includes until it is up to date.
    while new := _migrated(attempt(Path.cwd(), os.environ, instead=done).files, done, system):
        done |= new
    if not done:
        click.echo("everything is up to date", err=True)
    if found := attempt(Path.cwd(), os.environ).problems:
        raise ConfigError(found)


def _migrated(files: tuple[Path, ...], done: Mapping[Path, str], system: Path) -> dict[Path, str]:
    """Migrate those of the files that need it; their new texts."""
    from llmspell.config.migrate import migrated
    from llmspell.config.reader import read_text
    from llmspell.config.write import back_up, replace

    new = {}
    for path in dict.fromkeys(files):
        if path in done or not path.exists() or path.is_relative_to(system):
            continue
        before = read_text(path, _name(path))
        text, changes = migrated(before, path)
        if changes:
            backup = back_up(path, before)
            replace(path, text, before=before)
            new[path] = text
            click.echo(f"{_name(path)}: {'; '.join(changes)}; the old text is in {_name(backup)}", err=True)
    return new


@click.command()
@_whose
def edit(whose: Whose) -> None:
    """Open a file in $VISUAL or $EDITOR; it takes the old one's place when it is valid."""
    from llmspell.config.show import default_file

    file, before = _file(whose)
    draft = _Draft(file, default_file({}) if before is None else before)
    while True:
        text = draft.edited()
        if text == (default_file({}) if before is None else before):
            draft.discard()
            click.echo("nothing was changed", err=True)
            return
        try:
            _put(file, before, text)
        except ConfigError as error:
            if sys.stdin.isatty():
                click.echo("\n".join(error.problems), err=True)
                if click.confirm("edit again?", default=True, err=True):
                    continue
            raise ConfigError(
                error.problems, hint=f"{_name(file)} is as it was; your text is in {draft.path}"
            ) from None
        draft.discard()
        click.echo(f"wrote {_name(file)}", err=True)
        return


class _Draft:
    """A text in the hands of the user's editor, in a file that only the user can read."""

    def __init__(self, file: Path, text: str) -> None:
        from tempfile import mkdtemp

        self._command = _editor()
        self.path = Path(mkdtemp(prefix="llmspell-")) / file.name
        self.path.write_text(text, encoding="utf-8", newline="")

    def edited(self) -> str:
        """The text after one more visit to the editor."""
        import subprocess

        from llmspell.config.reader import read_text

        try:
            ended = subprocess.run([*self._command, str(self.path)], check=False)  # noqa: S603 the user's own editor
        except OSError as cause:
            raise UsageError(f"the editor {self._command[0]!r} does not start: {cause.strerror}") from cause
        if ended.returncode:
            raise UsageError(f"the editor {self._command[0]!r} ended with {ended.returncode}; nothing was changed")
        return read_text(self.path, str(self.path))

    def discard(self) -> None:
        """Throw the draft away."""
        import shutil

        shutil.rmtree(self.path.parent)


def _editor() -> list[str]:
    import shlex

    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not words:
        raise UsageError("no editor is set", hint="set EDITOR, such as EDITOR=nano, or type: llmspell config set")
    return words


def _file(whose: Whose) -> tuple[Path, str | None]:
    """The file to change, and its text; None when it does not exist yet."""
    from llmspell.config.reader import read_text
    from llmspell.config.sources import OWN, PROJECT, existing, project_folder, user_folder

    cwd = Path.cwd()
    folder, stem = (user_folder(os.environ), OWN) if whose == "user" else (project_folder(cwd) or cwd, PROJECT)
    found = existing(folder, stem)
    if len(found) > 1:
        raise ConfigError([f"{' and '.join(map(_name, found))} lie side by side: keep one of them"])
    return (found[0], read_text(found[0], _name(found[0]))) if found else (folder / f"{stem}.toml", None)


def _put(file: Path, before: str | None, text: str) -> LoadedConfig:
    """Write a file if the configuration is right with it, and give that configuration.

    Raises:
        ConfigError: it is not right; the file is as it was.
    """
    from llmspell.config.write import replace

    loaded = checked(instead={file: text})
    replace(file, text, before=before)
    return loaded


def _name(path: Path) -> str:
    """What messages call a file."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
