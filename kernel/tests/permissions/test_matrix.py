"""Every profile, every kind, and nothing, an allowance, a denial or both on top: what comes of it, and what is told."""

from __future__ import annotations

import pytest

from llmspell.errors import PermissionDenied
from llmspell.kernel import RunOptions
from llmspell.permissions import KINDS, PROFILES, Grants, Target
from llmspell.permissions.guard import Guard

from ..run.kit import events, open_run

# The project of these runs is /nowhere.
TARGETS: dict[str, tuple[Target, str]] = {
    "fs.read": ("/nowhere/data.txt", "data.txt"),
    "fs.write": ("/nowhere/data.txt", "data.txt"),
    "net": ("api.example.com:443", "*.example.com"),
    "env": ("HOME", "HOME"),
    "run": (("git", "log", "-1"), "git log **"),
    "libraries": ("io", "io"),
    "modules": ("/nowhere/lib/text.lua", "lib"),
    "tools": ("web_search", "web_*"),
    "models": ("openai/gpt", "openai/*"),
    "secrets": ("OPENAI_API_KEY", "OPENAI_*"),
}
BY_ITSELF = {
    "low": {"fs.read", "libraries", "modules", "tools", "models"},
    "medium": {"fs.read", "modules", "tools", "models"},
    "high": set[str](),
}
ON_TOP = ("none", "allow", "deny", "both")


def test_every_kind_and_profile_is_in_the_matrix() -> None:
    assert TARGETS.keys() == KINDS.keys()
    assert BY_ITSELF.keys() == PROFILES.keys()


@pytest.mark.parametrize("on_top", ON_TOP)
@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("profile", BY_ITSELF)
async def test_the_matrix(profile: str, kind: str, on_top: str) -> None:
    target, pattern = TARGETS[kind]
    named = {kind: (pattern,)}
    allow = named if on_top in ("allow", "both") else {}
    deny = named if on_top in ("deny", "both") else {}
    run = open_run()
    grants = Grants.of(allow, deny, origin="--flag", base=run.project)
    run = open_run(options=RunOptions(profile=profile, permissions=(grants,)))
    expected = on_top == "allow" or (on_top == "none" and kind in BY_ITSELF[profile])

    guard = Guard(kind, run.root)
    assert guard.allows(target) is expected
    assert guard.denies(target) is (on_top in ("deny", "both"))
    if expected:
        guard.check(target)
    else:
        with pytest.raises(PermissionDenied, match="is denied by" if deny else f"not allowed in profile '{profile}'"):
            guard.check(target)
    [told] = events(run, "permission.*")
    assert told.kind == ("permission.granted" if expected else "permission.denied")
    assert (told.data["permission"], told.data["target"]) == (kind, target)
