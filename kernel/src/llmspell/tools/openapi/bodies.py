"""What an operation takes as its body, and how that is encoded."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from llmspell.errors import UsageError
from llmspell.tools.openapi import styles
from llmspell.tools.openapi.endpoints import Endpoint
from llmspell.tools.openapi.schemas import Schemas

Encoding = Literal["json", "form", "multipart", "text", "binary"]

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_ORDER: tuple[Encoding, ...] = ("json", "form", "multipart", "text", "binary")
_BASE64 = {"type": "string", "contentEncoding": "base64"}
_FILE = "Bytes, in base64."


@attrs.frozen
class Body:
    """A body.

    Attributes:
        kind: its media type.
        encoding: how it is written.
        schema: of the argument.
        required: whether it must be given.
        files: of a form in parts, the names of those that are bytes.
    """

    kind: str
    encoding: Encoding
    schema: Any = attrs.field(repr=False)
    required: bool = False
    files: frozenset[str] = frozenset()


def body(endpoint: Endpoint, schemas: Schemas) -> Body | None:
    """The body of an operation: of its media types, the one that says most about what it takes; None where it has none.

    Raises:
        UsageError: the document is wrong about it.
    """
    document, where = endpoint.document, f"{endpoint.where}: requestBody"
    data = document.table(endpoint.data.get("requestBody"), where)
    content = document.table(data.get("content"), f"{where}: content")
    if not content:
        return None
    kind = min(content, key=lambda each: _ORDER.index(_encoding(each)))
    encoding = _encoding(kind)
    raw = document.table(content[kind], f"{where}: {kind}").get("schema", True)
    files: frozenset[str] = frozenset()
    schema: Any
    if encoding == "text":
        schema = {"type": "string", "description": f"The body, as {kind}."}
    elif encoding == "binary":
        schema = {**_BASE64, "description": f"The body, as {kind}, in base64."}
    elif encoding == "multipart":
        form = document.table(raw if isinstance(raw, Mapping) else {}, where)
        schema = _object(schemas.write(form, f"{where}: {kind}"))
        properties = schema.get("properties", {})
        files = frozenset(_files(endpoint, form) & properties.keys())
        schema["properties"] = {name: _file(each) if name in files else each for name, each in properties.items()}
    else:
        schema = schemas.write(raw, f"{where}: {kind}")
        schema = _object(schema) if encoding == "form" else schema
    return Body(kind, encoding, schema, data.get("required") is True, files)


def encode(found: Body, value: Any) -> tuple[bytes, str]:
    """A body as bytes, and the `Content-Type` that says what they are.

    Raises:
        UsageError: it cannot be written like this.
    """
    match found.encoding:
        case "json":
            return _json(value), found.kind if "*" not in found.kind else "application/json"
        case "form":
            return _form(value), _FORM
        case "multipart":
            return _multipart(found, value)
        case "text":
            return str(value).encode("utf-8", "replace"), f"{found.kind}; charset=utf-8"
    return _decoded("body", value), found.kind if "*" not in found.kind else "application/octet-stream"


def _encoding(kind: str) -> Encoding:
    name = kind.partition(";")[0].strip().lower()
    if name == "application/json" or name.endswith("+json") or name in ("*/*", "application/*"):
        return "json"
    if name == _FORM:
        return "form"
    if name == _MULTIPART:
        return "multipart"
    return "text" if name.startswith("text/") or name.endswith(("/xml", "+xml", "yaml")) else "binary"


def _files(endpoint: Endpoint, form: Mapping[str, Any]) -> set[str]:
    """The properties of a form that are bytes: `format: binary` in 3.0, a media type or an encoding in 3.1."""
    document = endpoint.document
    found = set()
    for name, value in document.table(form.get("properties"), endpoint.where).items():
        data = document.table(value, endpoint.where) if isinstance(value, Mapping) else {}
        if data.get("format") == "binary" or "contentMediaType" in data or data.get("contentEncoding") == "base64":
            found.add(name)
    return found


def _object(schema: Any) -> dict[str, Any]:
    """The schema of a form, which is an object whatever else is said."""
    return {**(schema if isinstance(schema, dict) else {}), "type": "object"}


def _file(schema: Any) -> dict[str, Any]:
    text = schema.get("description", "") if isinstance(schema, dict) else ""
    return {**_BASE64, "description": f"{text} {_FILE}".strip()}


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, TypeError, RecursionError) as cause:
        raise UsageError(f"the body cannot be written as JSON: {cause}") from None


def _form(value: Any) -> bytes:
    pairs = [pair for name, each in value.items() for pair in styles.in_query(name, each, "form", explode=True)]
    return styles.joined(pairs).encode()


def _multipart(found: Body, value: Mapping[str, Any]) -> tuple[bytes, str]:
    boundary = os.urandom(16).hex()  # nobody can guess it, so no part can hold it on purpose
    parts = [
        _part(boundary, name, one, is_file=name in found.files)
        for name, each in value.items()
        for one in (each if isinstance(each, list | tuple) else [each])
    ]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"{_MULTIPART}; boundary={boundary}"


def _part(boundary: str, name: str, value: Any, *, is_file: bool) -> bytes:
    for sign, written in (("\r", "%0D"), ("\n", "%0A"), ('"', "%22")):  # as browsers do
        name = name.replace(sign, written)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
    if is_file:
        content = _decoded(name, value)
        head += f'; filename="{name}"\r\nContent-Type: application/octet-stream'
    elif isinstance(value, Mapping | list | tuple):
        content, head = _json(value), f"{head}\r\nContent-Type: application/json"
    else:
        content = styles.word(value).encode("utf-8", "replace")
    return f"{head}\r\n\r\n".encode("utf-8", "replace") + content + b"\r\n"


def _decoded(name: str, value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError, TypeError) as cause:
        raise UsageError(f"{name} is not base64: {cause}") from None
