"""Where scripts try to get out: a process that holds a secret, and a path that must stay empty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from .conftest import Apart

SECRET = "c4nary-s3cret"
VARIABLE = "LLMSPELL_CANARY"


@attrs.frozen
class Refused:
    """How an attempt ends: with an error whose message has this text, of this kind."""

    text: str
    kind: str = "script_failed"


class Cage:
    """Makes attempts, each in a machine of its own; all in one process, which must outlive them.

    Args:
        folder: an empty folder; scripts find the path of a file that is not in it at `canary`.
    """

    def __init__(self, folder: Path) -> None:
        self.canary = folder / "canary"
        self._apart = Apart()
        self._clean = self._apart.run("return 1")["clean"]

    def attempt(self, source: str, expected: Any, **limits: Any) -> None:
        """Check how an attempt ends, that it harmed nothing, and that the machine after it is as new.

        Args:
            source: the script.
            expected: what it returns, or `Refused`.
            limits: those of the machine; a slice of three seconds and 32 MiB unless given.
        """
        answer = self.run(source, **limits)
        if isinstance(expected, Refused):
            assert answer["failed"], answer
            error = answer["failed"][0]
            assert (error["kind"], expected.text in error["message"]) == (expected.kind, True), error
        else:
            assert answer["done"] == [expected], answer

    def run(self, source: str, **limits: Any) -> Mapping[str, Any]:
        """How a script ended; it harmed nothing, and the machine after it is as new."""
        text = f"local canary = {json.dumps(str(self.canary))} {source}"
        answer = self._apart.run(text, **({"slice": 3, "memory": 32 << 20} | limits))
        assert not self.canary.exists()
        assert SECRET not in json.dumps(answer)
        assert answer["clean"] == self._clean
        return answer

    def environment(self) -> bytes:
        """The variables of the process, as the system has them."""
        process = self._apart._process
        assert process is not None
        return Path(f"/proc/{process.pid}/environ").read_bytes()

    def close(self) -> None:
        self._apart.close()
