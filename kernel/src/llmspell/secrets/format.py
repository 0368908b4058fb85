"""The key file's shape on disk: JSON whose every part is checked before any of it is used.

{"format": "llmspell.keys/1",
 "kdf":     {"name": "argon2id", "memory": 65536, "time": 3, "lanes": 4, "salt": ...},
 "key":     {"nonce": ..., "sealed": ...},
 "records": {"OPENAI_API_KEY": {"version": 7, "nonce": ..., "sealed": ...}},
 "seal":    {"counter": 7, "nonce": ..., "sealed": ...}}

`key` is a random key, sealed with that of the passphrase and bound to `kdf`. Each record is sealed with the
random key and bound to its name and version. `seal` is bound to the counter and to every name with its version, so
that no record can be exchanged, dropped, added, or put back to what it was, one by one. That the whole file is put back
to an older one cannot be seen from the file alone.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.secrets.sealing import NONCE_BYTES, SALT_BYTES, Cost

FORMAT = "llmspell.keys/1"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
"""What a secret may be called: what an environment variable may."""


class Malformed(Exception):
    """The file is not of this shape; the text says where."""


@attrs.frozen
class Sealed:
    """Sealed bytes and their nonce; `version` is the file's counter at the time."""

    nonce: bytes
    sealed: bytes = attrs.field(repr=False)
    version: int = 0


@attrs.frozen
class KeyFile:
    """What the file holds, still sealed."""

    cost: Cost
    salt: bytes
    key: Sealed
    records: Mapping[str, Sealed]
    seal: Sealed

    @property
    def bound_to_key(self) -> bytes:
        """What the random key is bound to: the header."""
        return canonical({"format": FORMAT, "kdf": self._kdf()})

    @property
    def bound_to_seal(self) -> bytes:
        """What the seal is bound to: the counter, and every name with its version."""
        versions = {name: record.version for name, record in self.records.items()}
        return canonical({"format": FORMAT, "counter": self.seal.version, "versions": versions})

    def _kdf(self) -> dict[str, Any]:
        return {"name": "argon2id", **attrs.asdict(self.cost), "salt": b64encode(self.salt).decode()}

    def dump(self) -> bytes:
        """The file's text."""
        records = {name: _plain(record, "version") for name, record in sorted(self.records.items())}
        key = {name: value for name, value in _plain(self.key, "").items() if name}
        data = {"format": FORMAT, "kdf": self._kdf(), "key": key, "records": records}
        return json.dumps({**data, "seal": _plain(self.seal, "counter")}, indent=1).encode() + b"\n"


def bound_to_record(name: str, version: int) -> bytes:
    """What a record is bound to."""
    return canonical({"format": FORMAT, "name": name, "version": version})


def canonical(data: Mapping[str, Any]) -> bytes:
    """One spelling for equal data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def parse(content: bytes) -> KeyFile:
    """The file's parts.

    Raises:
        Malformed: something is missing, too much, or not what it should be.
    """
    try:
        data = json.loads(content.decode("ascii"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as cause:
        raise Malformed("it is not JSON") from cause
    top = _fields(data, "the file", {"format", "kdf", "key", "records", "seal"})
    if top["format"] != FORMAT:
        raise Malformed(f"its format is {str(top['format'])[:40]!r}, not {FORMAT!r}")
    kdf = _fields(top["kdf"], "kdf", {"name", "memory", "time", "lanes", "salt"})
    if kdf["name"] != "argon2id":
        raise Malformed(f"its kdf is {str(kdf['name'])[:40]!r}, not 'argon2id'")
    if not isinstance(top["records"], dict) or not all(map(NAME.fullmatch, top["records"])):
        raise Malformed("records must be names with what is sealed under them")
    return KeyFile(
        Cost(*(_number(kdf[part], f"kdf.{part}") for part in ("memory", "time", "lanes"))),
        _bytes(kdf["salt"], "kdf.salt", SALT_BYTES),
        _sealed(top["key"], "key", ""),
        {name: _sealed(record, f"records.{name}", "version") for name, record in top["records"].items()},
        _sealed(top["seal"], "seal", "counter"),
    )


def _plain(part: Sealed, number: str) -> dict[str, Any]:
    found = {number: part.version, "nonce": part.nonce, "sealed": part.sealed}
    return {name: b64encode(item).decode() if isinstance(item, bytes) else item for name, item in found.items()}


def _sealed(data: Any, where: str, number: str) -> Sealed:
    found = _fields(data, where, {"nonce", "sealed"} | ({number} if number else set()))
    return Sealed(
        _bytes(found["nonce"], f"{where}.nonce", NONCE_BYTES),
        _bytes(found["sealed"], f"{where}.sealed"),
        _number(found[number], f"{where}.{number}") if number else 0,
    )


def _fields(data: Any, where: str, names: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict) or data.keys() != names:
        raise Malformed(f"{where} must have exactly {', '.join(sorted(names))}")
    return data


def _number(value: Any, where: str) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise Malformed(f"{where} must be a whole number")
    return value


def _bytes(value: Any, where: str, length: int | None = None) -> bytes:
    try:
        found = b64decode(value, validate=True)
    except (ValueError, TypeError) as cause:
        raise Malformed(f"{where} must be base64") from cause
    if (length is not None and len(found) != length) or b64encode(found).decode() != value:
        raise Malformed(f"{where} must be base64{f' of {length} bytes' if length else ''}")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found
