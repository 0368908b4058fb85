"""The tool that reads environment variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.errors import PermissionDenied
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract

ENVIRON = {"CITY": "Berlin", "HOME_TOWN": "Kiel", "SERVICE_API_KEY": "0123456789abcdef", "NOTE": "password=hunter2222"}


class TestEnvironmentContract(ToolContract):
    name = "environment"
    allow = {"env": ["CITY"]}
    environ = ENVIRON
    good = ({"names": ["CITY"]},)
    bad = ({}, {"names": []}, {"names": [""]}, {"names": "CITY"}, {"names": ["CITY", "CITY"]}, {"names": ["HOME_TOWN"]})


def bench(folder: Path, *granted: str) -> Bench:
    return Bench(folder, allow={"env": granted}, environ=ENVIRON)


async def test_granted_variables_are_told_and_unset_ones_are_null(tmp_path: Path) -> None:
    found = await bench(tmp_path, "CITY", "NOWHERE").call("environment", {"names": ["CITY", "NOWHERE"]})
    assert found == {"CITY": "Berlin", "NOWHERE": None}


async def test_one_name_that_is_not_granted_refuses_the_whole_call(tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"env of 'HOME_TOWN' is not allowed in profile 'high'") as caught:
        await bench(tmp_path, "CITY").call("environment", {"names": ["CITY", "HOME_TOWN"]})
    assert caught.value.hint == "run again with --allow-env=HOME_TOWN"


async def test_a_variable_that_is_not_set_is_refused_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"env of 'NOWHERE' is not allowed"):
        await bench(tmp_path, "CITY").call("environment", {"names": ["NOWHERE"]})


@pytest.mark.parametrize("name", ["SERVICE_API_KEY", "NOTE"])
async def test_a_secret_is_not_among_what_a_star_grants(tmp_path: Path, name: str) -> None:
    with pytest.raises(PermissionDenied, match=rf"variable '{name}' holds a secret, and is not granted") as caught:
        await bench(tmp_path, "*").call("environment", {"names": [name]})
    assert caught.value.hint == f"run again with --allow-env={name}"
    assert ENVIRON[name] not in str(caught.value.to_dict())


async def test_a_secret_that_is_granted_by_its_name_is_told(tmp_path: Path) -> None:
    found = await bench(tmp_path, "SERVICE_API_KEY").call("environment", {"names": ["SERVICE_API_KEY"]})
    assert found == {"SERVICE_API_KEY": "0123456789abcdef"}
