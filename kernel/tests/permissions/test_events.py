"""Commands are told of without their secrets, and each time."""

from __future__ import annotations

import pytest

from llmspell.errors import PermissionDenied

from .kit import grants, run_with

SECRET = ("curl", "--token", "hunter2-hunter2", "https://api.test")


async def test_a_denied_command_shows_no_secret() -> None:
    run = run_with()
    with pytest.raises(PermissionDenied) as caught:
        run.policy.check("run", SECRET, run.root)
    [denied] = run.log.history("permission.*")
    assert denied.data["target"] == ("curl", "--token", "[redacted]", "https://api.test")
    assert denied.data["flag"] == "--allow-run='curl **'"
    assert "hunter2" not in f"{caught.value} {caught.value.hint} {caught.value.details}"


async def test_a_command_is_told_of_each_time_and_kept_nowhere() -> None:
    run = run_with(grants({"run": ["curl **"]}))
    for _ in range(2):
        run.policy.check("run", SECRET, run.root)
    told = run.log.history("permission.granted")
    assert [event.data["target"][2] for event in told] == ["[redacted]", "[redacted]"]
    assert run.granted == set()
