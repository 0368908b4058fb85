"""The file of a cassette: JSON with a version and a checksum, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from llmspell.cassette.coding import answer_of, error_of, usage_of
from llmspell.cassette.exchange import EXCHANGE_KINDS, Cassette, Exchange
from llmspell.config.write import replace
from llmspell.errors import LlmspellError, UsageError, near_names

NAME = "llmspell.cassette"
VERSION = 1
MOST_BYTES = 64 << 20
"""Bytes; a larger file is neither written nor read."""

_TEXT = {"type": "string"}
_EXCHANGE = {
    "type": "object",
    "additionalProperties": False,
    "required": [field.name for field in attrs.fields(Exchange)],
    "properties": {
        "kind": {"enum": list(EXCHANGE_KINDS)},
        **dict.fromkeys(("name", "path", "hash", "partial"), _TEXT),
        "outcome": {"enum": ["answer", "error", "cancelled", "unfinished"]},
        "request": {},
        "answer": {},
        "error": {"type": ["object", "null"]},
        "usage": {"type": ["object", "null"], "additionalProperties": {"type": "integer"}},
        "cost": {"type": ["number", "null"]},
        "own": {"type": "boolean"},
        "redacted": {"type": "boolean"},
    },
}
_CASSETTE = {
    "type": "object",
    "additionalProperties": False,
    "required": [field.name for field in attrs.fields(Cassette)],
    "properties": {
        **dict.fromkeys(("spell", "model", "stop_reason", "recorded"), _TEXT),
        "exchanges": {"type": "array", "items": _EXCHANGE},
    },
}


def check_place(path: Path) -> None:
    """Refuse, before anything is run, a file that a recording cannot or should not replace.

    Raises:
        UsageError: its folder does not exist, or it exists and is no cassette.
    """
    if not path.parent.is_dir():
        raise UsageError(f"cannot record to {str(path)!r}: there is no folder {str(path.parent)!r}", kind="not_found")
    if path.is_dir():
        raise UsageError(f"cannot record to {str(path)!r}: it is a folder", hint="name a file in it")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if f'"schema": "{NAME}/'.encode() not in file.read(256):
                hint = "choose another name, or remove it first"
                raise UsageError(f"cannot record to {str(path)!r}: it exists, and is no cassette", hint=hint)


def write(path: Path, cassette: Cassette) -> None:
    """Write a cassette; an older one is replaced.

    Raises:
        LlmspellError: it is too large, or was changed by somebody else meanwhile.
        ConfigError: it cannot be written.
    """
    data = attrs.asdict(cassette)
    text = json.dumps({"schema": f"{NAME}/{VERSION}", "checksum": checksum(data), **data}, indent=1) + "\n"
    if len(text) > MOST_BYTES:
        raise LlmspellError(
            f"the recording would have {len(text)} bytes, and a cassette has at most {MOST_BYTES}",
            kind="budget",
            hint="record a shorter run",
            details={"budget": "cassette", "limit": MOST_BYTES},
        )
    replace(path, text, before=path.read_text() if path.exists() else None)


def read(path: str | Path) -> Cassette:
    """The cassette in a file.

    Raises:
        UsageError: it cannot be read, is none, is of a newer version, is damaged or was changed.
    """
    path = Path(path)
    text = _text(path)
    try:
        data = json.loads(text)
    except RecursionError as cause:
        raise UsageError(f"{str(path)!r} is damaged: it is nested too deeply") from cause
    except ValueError as cause:
        raise UsageError(f"{str(path)!r} is damaged, or no cassette: {cause}", hint=_AGAIN) from cause
    _check_version(path, data)
    found = data.pop("checksum", None)
    del data["schema"]
    if found != checksum(data):
        raise UsageError(f"{str(path)!r} is damaged, or was changed since it was recorded", hint=_AGAIN)
    return _cassette(path, data)


_AGAIN = "record it again with --record"


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise UsageError(f"{str(path)!r} is a folder, not a cassette", hint="name a file in it")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError(f"{str(path)!r} is larger than {MOST_BYTES >> 20} MiB, which no cassette is")
        return content.decode()
    except UnicodeDecodeError as cause:
        raise UsageError(f"{str(path)!r} is damaged, or no cassette: it is not UTF-8") from cause
    except OSError as cause:
        kind = "not_found" if isinstance(cause, FileNotFoundError) else "invalid_arguments"
        beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        near = near_names(path.name, beside)
        hint = f"did you mean {str(path.with_name(near[0]))!r}?" if near else ""
        raise UsageError(f"cannot read {str(path)!r}: {cause.strerror or cause}", kind=kind, hint=hint) from cause


def _check_version(path: Path, data: Any) -> None:
    schema = data.get("schema") if isinstance(data, dict) else None
    name, _, version = schema.partition("/") if isinstance(schema, str) else ("", "", "")
    if name != NAME or not version.isdecimal():
        raise UsageError(f"{str(path)!r} is no cassette", hint="llmspell run --record FILE writes one")
    if int(version[:9]) != VERSION:
        hint = "upgrade llmspell, or record it again with --record"
        raise UsageError(
            f"{str(path)!r} has version {version[:9]}, and this llmspell reads version {VERSION}", hint=hint
        )


def _cassette(path: Path, data: Any) -> Cassette:
    from llmspell.schema import Validator

    try:
        Validator(_CASSETTE, "cassette").check(data)
        cassette = Cassette(**{**data, "exchanges": tuple(map(exchange_of, data["exchanges"]))})
    except UsageError as error:
        raise UsageError(f"{str(path)!r} is damaged: {error.message}", hint=_AGAIN) from error
    except (TypeError, ValueError, KeyError, AttributeError) as cause:
        raise UsageError(f"{str(path)!r} is damaged: an exchange is not as it should be: {cause}") from cause
    return cassette


def exchange_of(data: Mapping[str, Any]) -> Exchange:
    """An exchange of a file; it fails now, and not in the middle of a run, if it cannot be served.

    Raises:
        TypeError, ValueError, KeyError, AttributeError: it is not as it should be.
    """
    exchange = Exchange(**data)
    usage_of(exchange.usage)
    if exchange.outcome == "answer" and not exchange.own:
        answer_of(exchange.kind, exchange.answer)
    if exchange.outcome == "error":
        error_of(exchange.error or {})
    return exchange


def checksum(data: Any) -> str:
    """SHA-256 of data as canonical JSON."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
