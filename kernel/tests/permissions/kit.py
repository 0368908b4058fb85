"""Grants, policies and runs for these tests; relative paths begin at /project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llmspell.kernel import RunOptions
from llmspell.permissions import PROFILES, Grants, Policy
from llmspell.run import Run

from ..run.kit import open_run

BASE = Path("/project")


def grants(
    allow: dict[str, list[str]] | None = None, deny: dict[str, list[str]] | None = None, origin: str = "test"
) -> Grants:
    return Grants.of(allow or {}, deny, origin=origin, base=BASE)


def policy(*layers: Grants, profile: str = "high") -> Policy:
    return Policy(PROFILES[profile], layers, base=BASE)


def run_with(*layers: Grants, profile: str = "medium", **options: Any) -> Run:
    return open_run(options=RunOptions(profile=profile, permissions=layers), **options)
