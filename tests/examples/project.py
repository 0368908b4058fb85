"""A copy of an example and of the documentation, in which the example runs as a user types it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from llmspell.testing import OpenAIServer

ROOT = Path(__file__).parents[2]
ENGINES = {"lua": "lua", "javascript": "js", "quickjs": "js"}
"""The ending of the examples that an engine runs, by its name."""


@attrs.frozen
class Ended:
    """How a command ended."""

    code: int | None
    output: str
    error: str

    @property
    def shown(self) -> dict[str, Any]:
        """What `--json` said, except how long it took; the command must have succeeded. Any: the spell's own."""
        assert self.code == 0, self.error
        shown: dict[str, Any] = json.loads(self.output)
        return {**shown, "duration": 0}

    @property
    def events(self) -> list[dict[str, Any]]:
        """What `--jsonl` said, the result last. Any: JSON."""
        return [json.loads(line) for line in self.output.splitlines()]

    def happened(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind."""
        return [event for event in self.events if event.get("kind") == kind]


@attrs.frozen
class Project:
    """A folder of its own, with data and state of its own and without a key."""

    folder: Path

    @classmethod
    def copied(cls, folder: Path, example: str) -> Project:
        """The documentation and a folder of examples, in `folder`."""
        for name in ("docs", f"examples/{example}"):
            shutil.copytree(ROOT / name, folder / name)
        return cls(folder)

    @property
    def environ(self) -> Mapping[str, str]:
        """What every command here finds."""
        kept = {"LLMSPELL_DATA_HOME": str(self.folder / ".data"), "LLMSPELL_STATE_HOME": str(self.folder / ".state")}
        return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.devnull, **kept}

    async def llmspell(self, *words: str, server: OpenAIServer | None = None) -> Ended:
        """`llmspell WORDS...`, with the server's model if there is one."""
        key = {} if server is None else {"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": server.base_url}
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            "llmspell", *words, cwd=self.folder, env={**self.environ, **key}, stdout=pipe, stderr=pipe
        )
        output, error = await asyncio.wait_for(process.communicate(), 60)
        return Ended(process.returncode, output.decode(), error.decode())
