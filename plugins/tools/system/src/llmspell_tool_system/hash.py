"""The tool `hash`: the digest of a text or a file."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_system.content import encoded, one_of

MOST_BYTES = 1 << 30
_PIECE = 1 << 20
_WEAK = ("md5", "sha1")


@tool(
    name="hash",
    category="system",
    tags=("digest", "checksum", "sha256", "verify"),
    idempotent=True,
    timeout=120.0,
    examples=(Example({"text": "hello"}, "its SHA-256"),),
)
def hash_(
    context: Context,
    text: Annotated[str | None, {"maxLength": 5_000_000}] = None,
    path: Annotated[str | None, {"minLength": 1, "maxLength": 4096}] = None,
    algorithm: Literal["sha256", "sha512", "sha3_256", "sha3_512", "blake2b", "sha1", "md5"] = "sha256",
    expected: Annotated[str | None, {"maxLength": 200}] = None,
) -> dict[str, Any]:
    """Computes the hash of a text (as UTF-8) or of a file, and compares it with an expected one.

    Answers algorithm, hex, how many bytes there were, whether the algorithm is weak (md5 and sha1 are: they find
    accidents, not forgeries) and, with expected, whether it matches.

    Args:
        text: what to hash; either this or path.
        path: a file that may be read, of at most 1 GiB.
        algorithm: how.
        expected: the hash that it should have, in hexadecimal.
        context: what the call may use.
    """
    one_of(text, path)
    digest = hashlib.new(algorithm, usedforsecurity=False)
    wanted = None if expected is None else _wanted(expected, algorithm, digest.digest_size)
    size = 0
    for piece in (encoded(text),) if text is not None else _pieces(context, path or ""):
        digest.update(piece)
        size += len(piece)
    answer = {"algorithm": algorithm, "hex": digest.hexdigest(), "bytes": size, "weak": algorithm in _WEAK}
    return answer if wanted is None else {**answer, "matches": hmac.compare_digest(digest.digest(), wanted)}


def _wanted(expected: str, algorithm: str, size: int) -> bytes:
    try:
        found = bytes.fromhex(expected.strip())
    except ValueError:
        raise UsageError(
            f"expected {expected!r:.80} is not hexadecimal", hint=f"write {2 * size} digits 0-9a-f"
        ) from None
    if len(found) != size:
        raise UsageError(f"expected has {len(found)} bytes, and {algorithm} has {size}", hint="name its algorithm")
    return found


def _pieces(context: Context, path: str) -> Iterator[bytes]:
    left = MOST_BYTES
    with context.writing.opened(path, "r") as file:  # opened to read, which needs no permission to write
        while piece := file.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise UsageError(f"{path!r} has more than {MOST_BYTES} bytes, which is the most that is hashed")
            yield piece
