"""The configuration of a tool that has nothing to configure."""

from __future__ import annotations

import attrs


@attrs.frozen
class NoOptions:
    """A table without keys: whatever a user writes into `[tool.<name>]` is refused as unknown."""
