"""The ten kinds of permission: what each one's target is, and how it is spelled in files and on the command line."""

from __future__ import annotations

from typing import Literal

import attrs

from llmspell.errors import UsageError, did_you_mean

Shape = Literal["path", "host", "name", "command"]
Target = str | tuple[str, ...]
"""What is asked for: an absolute path, `host:port`, a name, or the words of a command."""


@attrs.frozen
class Kind:
    """One kind of permission.

    Attributes:
        key: its name in configuration, in `Tool.needs` and in events, such as `fs.read`.
        flag: its name in `--allow-FLAG`, in `--deny-FLAG` and in a spell's header; of one thing, so singular.
        shape: what its targets are.
        example: what stands for a target in help and in hints.
        doc: what holding it lets a spell do.
    """

    key: str
    flag: str
    shape: Shape
    example: str
    doc: str


KINDS = {
    kind.key: kind
    for kind in (
        Kind("fs.read", "fs-read", "path", "PATH", "read files"),
        Kind("fs.write", "fs-write", "path", "PATH", "write, make and remove files"),
        Kind("net", "net", "host", "HOST[:PORT]", "connect to servers"),
        Kind("env", "env", "name", "NAME", "read environment variables"),
        Kind("run", "run", "command", "COMMAND", "start programs"),
        Kind("libraries", "library", "name", "NAME", "use libraries that reach outside the script"),
        Kind("modules", "module", "path", "PATH", "load modules"),
        Kind("tools", "tool", "name", "NAME", "call tools"),
        Kind("models", "model", "name", "PROVIDER/MODEL", "ask models"),
        Kind("secrets", "secret", "name", "NAME", "use stored secrets"),
    )
}
"""Every kind, by its key."""

_BY_FLAG = {kind.flag: kind for kind in KINDS.values()}


def find_kind(key: str) -> Kind:
    """The kind of this key.

    Raises:
        UsageError: there is none.
    """
    if key in KINDS:
        return KINDS[key]
    raise UsageError(
        f"no permission is called {key!r}", kind="unknown_option", hint=did_you_mean(key, [*KINDS, *_BY_FLAG])
    )


ASKABLE = ("fs.read", "fs.write", "net", "env", "run", "tools", "models")
"""The kinds of which each use can be asked about; the others are settled before a script begins."""


def find_askable(key: str) -> Kind:
    """The kind of this key, of which each use can be asked about.

    Raises:
        UsageError: there is none, or it cannot be asked about.
    """
    kind = find_kind(key)
    if key not in ASKABLE:
        raise UsageError(f"{key!r} cannot be asked about", hint=f"can be: {', '.join((*ASKABLE, 'cost'))}")
    return kind


def find_flag(flag: str) -> Kind:
    """The kind whose flag is `--allow-FLAG`.

    Raises:
        UsageError: there is none.
    """
    if flag in _BY_FLAG:
        return _BY_FLAG[flag]
    raise UsageError(f"no permission is called {flag!r}", kind="unknown_option", hint=did_you_mean(flag, [*_BY_FLAG]))


def spelled(kind: Kind, target: Target | None = None, *, verb: str = "allow") -> str:
    """The flag that names a target, as a shell takes it: `--allow-net=api.example.com:443`.

    It ends in what stands for a target, as `--allow-net=HOST[:PORT]`, when there is none or none that can be written.
    """
    text = kind.example if target is None else _written(kind, target)
    return f"--{verb}-{kind.flag}={text}"


def _written(kind: Kind, target: Target) -> str:
    from shlex import join, quote

    from llmspell.redaction import redact_words

    text = target if isinstance(target, str) else join(target)
    if not isinstance(target, str) and (any("*" in word for word in target) or redact_words(target) != target):
        text = f"{quote(target[0])} **"  # a pattern cannot say that a word has a star in it, and should hold no secret
    return quote(text) if text.isprintable() else kind.example
