"""The catalogue is package metadata: read without importing anything, and hard to break."""

from __future__ import annotations

import sys
import warnings

import pytest

from llmspell.plugins import KINDS, Entry, installed

from .site import Site

BOOM = "raise SystemError('imported')"


def mine(entries: tuple[Entry, ...], prefix: str = "mine") -> list[Entry]:
    return [entry for entry in entries if entry.distribution.startswith(prefix)]


def test_every_kind_is_listed_without_importing_anything(site: Site) -> None:
    points = {f"{kind}s": {f"a_{kind}": "mine_boom"} for kind in KINDS}
    site.install("mine-boom", {**points, "extensions": {"foo": "mine_boom"}}, {"mine_boom": BOOM})
    found = mine(installed())
    assert [(entry.kind, entry.name) for entry in found] == [
        ("agent", "a_agent"),
        ("engine", "a_engine"),
        ("extension", "foo"),
        ("hook", "a_hook"),
        ("provider", "a_provider"),
        ("store", "a_store"),
        ("tool", "a_tool"),
    ]
    assert "mine_boom" not in sys.modules


def test_an_entry_tells_its_distribution_version_and_module(site: Site) -> None:
    site.install("mine-x", {"tools": {"x": "mine_x"}}, {}, version="2.5")
    [entry] = mine(installed())
    assert (entry.distribution, entry.version, entry.module) == ("mine-x", "2.5", "mine_x")
    assert repr(entry) == "Entry(tool x = mine_x)"


def test_other_groups_are_not_ours(site: Site) -> None:
    site.install("mine-x", {"themes": {"dark": "mine_x"}}, {})
    assert mine(installed()) == []


def test_entries_are_sorted_by_kind_and_name(site: Site) -> None:
    site.install("mine-z", {"tools": {"b": "z", "a": "z"}, "agents": {"c": "z"}}, {})
    site.install("mine-a", {"tools": {"c": "z", "a": "a"}}, {})
    found = mine(installed())
    assert [(entry.kind, entry.name, entry.module) for entry in found] == [
        ("agent", "c", "z"),
        ("tool", "a", "a"),
        ("tool", "a", "z"),
        ("tool", "b", "z"),
        ("tool", "c", "z"),
    ]


def test_a_distribution_without_metadata_keeps_its_entries(site: Site) -> None:
    site.damage("lost", entry_points="[llmspell.tools]\nlost = lost_module\n", metadata=False)
    [entry] = [entry for entry in installed() if entry.module == "lost_module"]
    assert (entry.distribution, entry.version) == ("(unknown)", "")


def test_damaged_entry_points_are_told_and_stop_no_other_plugin(site: Site) -> None:
    site.damage("damaged", entry_points="[llmspell.tools]\nthis is no entry\n")
    site.install("mine-x", {"tools": {"x": "mine_x"}}, {})
    with pytest.warns(UserWarning, match=r"^the entry points of damaged in .*site cannot be read: "):
        found = installed()
    assert [entry.name for entry in mine(found)] == ["x"]
    assert {"llm", "lua"} <= {entry.name for entry in found}


def test_damaged_entry_points_of_a_nameless_distribution_are_told(site: Site) -> None:
    site.damage("nameless", entry_points="[x]\nno entry\n", metadata=False)
    with pytest.warns(UserWarning, match=r"^the entry points of \(unknown\) in .*site cannot be read: "):
        installed()


def test_beside_a_damaged_one_the_first_on_the_path_still_hides_the_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("mine-x", {"tools": {"x": "old"}}, {})
    newer = Site(site.folder.parent / "newer")
    newer.folder.mkdir()
    newer.install("mine-x", {"tools": {"x": "new"}}, {}, version="2.0")
    newer.damage("damaged", entry_points="[x]\nno entry\n")
    monkeypatch.syspath_prepend(newer.folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [entry.module for entry in mine(installed())] == ["new"]
