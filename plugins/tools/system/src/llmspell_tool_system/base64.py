"""The tool `base64`: bytes as text, and back."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from typing import Annotated, Any, Literal

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_system.content import encoded, one_of

MOST_BYTES = 4 << 20
_ALPHABETS = {False: "+/", True: "-_"}
_SPACES = re.compile(r"[ \t\r\n]+")


@tool(
    category="system",
    tags=("encode", "decode", "binary"),
    timeout=30.0,
    output_bytes=MOST_BYTES * 2,
    examples=(
        Example({"text": "hello"}, "aGVsbG8="),
        Example({"operation": "decode", "text": "aGVsbG8="}, "hello"),
    ),
)
def base64(
    context: Context,
    operation: Literal["encode", "decode"] = "encode",
    text: Annotated[str | None, {"maxLength": MOST_BYTES * 3 // 2}] = None,
    path: Annotated[str | None, {"minLength": 1, "maxLength": 4096}] = None,
    *,
    url_safe: bool = False,
    save_to: Annotated[str | None, {"minLength": 1, "maxLength": 4096}] = None,
) -> dict[str, Any]:
    """Encodes a text or a file in base64, or decodes base64 into text or a file.

    Answers the encoded or decoded `text` and the number of `bytes` that it stands for; with save_to, `saved_to` instead
    of the text. Decoding is strict: other characters than those of the alphabet, line ends and spaces are an error.

    Args:
        operation: encode or decode.
        text: what to encode (as UTF-8) or decode; either this or path.
        path: a file to encode or decode, which may be read; at most 4 MiB.
        url_safe: whether - and _ stand for + and /, without = at the end.
        save_to: for decode: a file that the bytes are written to, for what is not text.
        context: what the call may use.
    """
    one_of(text, path)
    if operation == "encode":
        if save_to is not None:
            raise UsageError("encode does not take save_to", hint="decode does")
        content = encoded(text) if text is not None else _bounded(context.files.read_bytes(path or ""), "the file")
        return {"text": _encoded(content, url_safe), "bytes": len(content)}
    content = _decoded(text if text is not None else context.files.read_text(path or ""), url_safe)
    if save_to is not None:
        context.writing.write(save_to, content)
        return {"saved_to": save_to, "bytes": len(content)}
    return {"text": _as_text(content), "bytes": len(content)}


def _bounded(content: bytes, what: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise UsageError(f"{what} has {len(content)} bytes, and at most {MOST_BYTES} are taken")
    return content


def _encoded(content: bytes, url_safe: bool) -> str:
    _bounded(content, "the text")
    return urlsafe_b64encode(content).decode().rstrip("=") if url_safe else b64encode(content).decode()


def _decoded(text: str, url_safe: bool) -> bytes:
    packed = _SPACES.sub("", text)
    if url_safe and "=" not in packed:
        packed += "=" * (-len(packed) % 4)
    wrong = re.search(rf"[^A-Za-z0-9{re.escape(_ALPHABETS[url_safe])}=]", packed)
    if wrong:
        other = wrong[0] in _ALPHABETS[not url_safe]
        hint = f"set url_safe to {str(not url_safe).lower()}" if other else "give base64 alone, without a prefix"
        raise UsageError(f"{wrong[0]!r} at {wrong.start()} is not of the alphabet (spaces not counted)", hint=hint)
    try:
        return _bounded(b64decode(packed, _ALPHABETS[url_safe].encode(), validate=True), "what is encoded")
    except ValueError as error:
        raise UsageError(f"{packed!r:.60} is not base64: {error}", hint="is its end missing?") from None


def _as_text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        found = f"byte {content[error.start]:#04x} at offset {error.start}"
        raise UsageError(f"what is encoded is not UTF-8 text: {found}", hint="give save_to to write a file") from None
