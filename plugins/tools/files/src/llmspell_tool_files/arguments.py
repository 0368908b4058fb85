"""Arguments that many of the tools take."""

from __future__ import annotations

from typing import Annotated

# Python 3.11 cannot join what has keywords, as in `Path | None`.
Path = Annotated[str, {"minLength": 1, "maxLength": 4096}]
OptionalPath = Annotated[str | None, {"minLength": 1, "maxLength": 4096}]
Text = Annotated[str, {"maxLength": 10_000_000}]
OptionalText = Annotated[str | None, {"maxLength": 10_000_000}]
Glob = Annotated[str, {"minLength": 1, "maxLength": 500}]
