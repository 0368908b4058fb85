"""Artifacts as JSON-like data for scripts and `--json`."""

from __future__ import annotations

from typing import Any

from llmspell.artifacts.parts import ArtifactInfo
from llmspell.events.log import iso


def info_dict(info: ArtifactInfo) -> dict[str, Any]:
    """What is known of a version; `session` is left out where there is none."""
    shown = {
        "name": info.name,
        "version": info.version,
        "digest": info.digest,
        "type": info.type,
        "size": info.size,
        "text": info.text,
        "created": iso(info.created),
        "metadata": dict(info.metadata),
        "run": info.origin.run,
        "user": info.origin.user,
    }
    return {**shown, "session": info.origin.session} if info.origin.session else shown
