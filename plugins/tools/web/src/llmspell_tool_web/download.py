"""The tool `download`: a URL's content as a file."""

from __future__ import annotations

import hashlib
from hmac import compare_digest
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError
from llmspell.threads import in_thread
from llmspell.tools import Example, tool
from llmspell_tool_web.pages import check, media_type, shown

_MOST = 256 * 1024 * 1024
_TOLD = 1024 * 1024  # bytes between two messages of progress


@tool(
    category="web",
    tags=("checksum", "fetch", "file", "save", "sha256"),
    needs=("fs.write", "net"),
    timeout=600.0,
    examples=(
        Example({"url": "https://example.com/data.csv", "path": "data.csv"}, "saves a file in the project folder"),
    ),
)
async def download(
    context: Context,
    *,
    url: Annotated[str, {"minLength": 1}],
    path: Annotated[str, {"minLength": 1}],
    max_bytes: Annotated[int, {"minimum": 1, "maximum": _MOST}] = 32 * 1024 * 1024,
    sha256: Annotated[str | None, {"pattern": "^[0-9a-fA-F]{64}$"}] = None,
    overwrite: bool = False,
    timeout: Annotated[float, {"exclusiveMinimum": 0, "maximum": 590}] = 300.0,
) -> dict[str, Any]:
    """Downloads a URL into a file, all at once or not at all, and answers its size, type and SHA-256.

    Args:
        context: what the call may use.
        url: what to download, http or https.
        path: the file to write, relative to the project folder; its folder must exist.
        max_bytes: the largest file that is saved, decompressed.
        sha256: what the SHA-256 of the content must be, in hexadecimal; otherwise nothing is saved.
        overwrite: whether a file that is there already is replaced.
        timeout: seconds for the whole download.
    """
    writing = context.writing
    await in_thread(_check_place, context, path, overwrite)
    content, digest = bytearray(), hashlib.sha256()

    def take(part: bytes) -> None:
        told = len(content) // _TOLD
        content.extend(part)
        digest.update(part)
        if len(content) // _TOLD > told:
            context.progress("downloading", len(content))

    answer = await context.http.download(url, take, max_bytes=max_bytes, timeout=timeout)
    check(answer)
    found = digest.hexdigest()
    if sha256 is not None and not compare_digest(found, sha256.lower()):
        raise LlmspellError(
            f"the SHA-256 of {shown(answer.url)} is {found}, and not {sha256.lower()}; nothing was saved",
            kind="conflict",
            details={"sha256": found},
        )
    await in_thread(lambda: writing.write(path, bytes(content), new=not overwrite))
    return {
        "path": path,
        "url": answer.url,
        "bytes": len(content),
        "sha256": found,
        "content_type": media_type(answer),
    }


def _check_place(context: Context, path: str, overwrite: bool) -> None:
    """Find out before anything is asked for whether the file may be written.

    Raises:
        PermissionDenied, UsageError: it may not, or cannot.
    """
    with context.writing.walk(path, "written") as walk:
        place = walk.to(missing=True)
        if place.is_folder:
            raise place.no_file()
        if place.mode is not None and not overwrite:
            hint = "choose another name, or set overwrite"
            raise UsageError(f"{path!r} exists already", kind="conflict", hint=hint)
