"""What a profile lets a spell do. Checked by the kernel, in the gate; never in the script and never by a prompt.

Grants beyond a profile's own do not exist yet, so what a profile does not list is denied.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

import attrs

from llmspell.errors import PermissionDenied, UsageError, did_you_mean

if TYPE_CHECKING:
    from llmspell.gate.operation import Operation

TransportName = Literal["inline", "worker"]


@attrs.frozen
class Profile:
    """A security level.

    `transport` is where scripts run; `tools` and `models` are patterns of names; `grants` are the permissions that
    tools may use; `modules` says whether `require` and `import` work.
    """

    name: str
    transport: TransportName
    tools: tuple[str, ...] = ("*",)
    models: tuple[str, ...] = ("*",)
    grants: frozenset[str] = frozenset({"fs.read"})
    modules: bool = True


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("low", "inline"),
        Profile("medium", "worker"),
        Profile("high", "worker", tools=(), models=(), grants=frozenset(), modules=False),
    )
}


def find_profile(name: str) -> Profile:
    """The profile of this name.

    Raises:
        UsageError: there is none.
    """
    if name not in PROFILES:
        raise UsageError(f"no profile named {name!r}", kind="unknown_option", hint=did_you_mean(name, list(PROFILES)))
    return PROFILES[name]


class Policy:
    """A profile, applied to operations."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._patterns = {"tool": profile.tools, "llm": profile.models}
        self._free = {kind for kind, patterns in self._patterns.items() if "*" in patterns}

    def check(self, operation: Operation) -> None:
        """Let an operation pass.

        Raises:
            PermissionDenied: the profile does not allow it.
        """
        kind = operation.kind
        if kind not in self._free and kind in self._patterns:
            self._check_name(operation)
        if operation.needs and not self.profile.grants.issuperset(operation.needs):
            lacking = sorted(set(operation.needs) - self.profile.grants)
            raise self._denied(operation, f"uses {', '.join(lacking)}, which")

    def _check_name(self, operation: Operation) -> None:
        if not any(fnmatchcase(operation.name, pattern) for pattern in self._patterns[operation.kind]):
            raise self._denied(operation, "")

    def _denied(self, operation: Operation, what: str) -> PermissionDenied:
        noun = {"llm": "model"}.get(operation.kind, operation.kind)
        return PermissionDenied(
            f"{noun} {operation.name!r} {what + ' ' if what else ''}is not allowed in profile {self.profile.name!r}",
            component=operation.component,
            hint="run with --profile medium if you trust the spell" if self.profile.name == "high" else "",
        )
