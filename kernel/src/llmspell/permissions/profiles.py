"""Security levels: `low`, `medium` and `high`, and the user's own that extend one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

from llmspell.errors import UsageError, did_you_mean
from llmspell.permissions.grants import Grants, merge

TransportName = Literal["inline", "worker"]


@attrs.frozen
class Profile:
    """A security level.

    Attributes:
        name: as in `--profile`.
        transport: where scripts run: in this process, or in one of their own.
        allow: patterns by kind that spells have without asking.
        deny: patterns by kind that nothing can grant.
        ask: patterns by kind that are asked about each time.
        cost: USD that may be spent before each further such amount is asked about; None asks about none.
        limits: what `[limits]` says, for this profile; its keys win over the configuration's.
        extends: the profile that it adds to; None for the three that are built in.
        origin: where it is defined.
    """

    name: str
    transport: TransportName
    allow: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    deny: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    limits: Mapping[str, Any] = attrs.field(factory=dict)
    extends: Profile | None = None
    origin: str = ""
    ask: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    cost: float | None = None

    @property
    def level(self) -> str:
        """Which of the three built-in profiles it stands on."""
        return self.extends.level if self.extends else self.name

    def grants(self, base: Path) -> Grants:
        """What the profile and those it extends allow and deny; relative paths begin at `base`."""
        origin = self.origin or f"profile {self.name}"
        own = Grants.of(self.allow, self.deny, origin=origin, base=base, ask=self.ask, cost=self.cost)
        return merge((self.extends.grants(base), own)) if self.extends else own

    def all_limits(self) -> dict[str, Any]:
        """The limits of the profile over those of the profiles that it extends."""
        return {**(self.extends.all_limits() if self.extends else {}), **self.limits}


_WORK = {"fs.read": (".",), "modules": ("/**",), "tools": ("*",), "models": ("*",)}

PROFILES = {
    profile.name: profile
    for profile in (
        Profile("low", "inline", {**_WORK, "libraries": ("*",)}),
        Profile("medium", "worker", _WORK),
        Profile("high", "worker"),
    )
}
"""The built-in profiles, the weakest wall first."""


def find_profile(name: str, own: Mapping[str, Profile] | None = None, *, withheld: Iterable[str] = ()) -> Profile:
    """The profile of this name.

    Args:
        name: as the user wrote it.
        own: the user's profiles.
        withheld: names of profiles that a project defines which is not trusted.

    Raises:
        UsageError: there is none.
    """
    known = {**PROFILES, **(own or {})}
    if name in known:
        return known[name]
    if name in withheld:
        raise UsageError(
            f"profile {name!r} is defined by this project's configuration, which is not trusted",
            kind="permission",
            hint="read the file, then type: llmspell trust",
        )
    raise UsageError(f"no profile named {name!r}", kind="unknown_option", hint=did_you_mean(name, list(known)))
