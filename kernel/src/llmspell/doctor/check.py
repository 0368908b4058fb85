"""What one check found."""

from __future__ import annotations

from typing import Literal

import attrs

Status = Literal["ok", "warning", "error"]


@attrs.frozen
class Check:
    """One thing that was looked at.

    Attributes:
        name: what, such as `python` or `plugin:lua`; several checks may share one.
        status: `error` when something does not work or is not safe, `warning` when somebody should look at it.
        summary: what was found, in one sentence.
        hint: what to type or change next; empty when nothing is needed.
    """

    name: str
    status: Status
    summary: str
    hint: str = ""
