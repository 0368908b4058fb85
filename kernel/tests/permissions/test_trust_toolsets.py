"""What a project that is not trusted may say about toolsets."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_trust import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path.resolve())


def test_a_project_may_have_toolsets_of_its_own(world: World) -> None:
    assert world.withheld('[toolset.mine]\ntools = ["*"]\nprefix = "my_"\nrename = { a = "b" }\n') == []


def test_a_project_may_not_change_a_toolset_of_the_users(world: World) -> None:
    world.user('[toolset.careful]\napproval = ["*"]\n')
    assert world.withheld("[toolset.careful]\napproval = []\n[toolset.mine]\n") == ["toolset.careful"]
    assert world.load().config.toolset["careful"].approval == ("*",)
    world.trust()
    assert world.load().config.toolset["careful"].approval == ()


def test_a_project_may_not_hide_tools_from_the_users_hooks_by_other_names(world: World) -> None:
    world.user('[hooks]\nenabled = ["guard"]\n')
    table = '[toolset.mine]\ntools = ["*"]\nprefix = "my_"\nrename = { a = "b" }\n'
    assert world.withheld(table) == ["toolset.mine.prefix", "toolset.mine.rename"]
