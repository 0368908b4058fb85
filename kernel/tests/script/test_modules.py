"""Modules come from the allowed folders only, as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.script.modules import Modules
from llmspell.spell import MAX_SOURCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of modules beside one that is out of bounds."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.lua").write_text("return 'secret'")
    folder = tmp_path / "spells"
    (folder / "lib" / "pack").mkdir(parents=True)
    (folder / "text.lua").write_text("return 1")
    (folder / "lib" / "deep.lua").write_text("return 2")
    (folder / "lib" / "pack" / "init.lua").write_text("return 3")
    return folder


def modules(*folders: Path) -> Modules:
    return Modules(folders, "medium", ("lua",))


@pytest.mark.parametrize(
    ("name", "text", "path"),
    [
        ("text", "return 1", "text.lua"),
        ("lib.deep", "return 2", "lib/deep.lua"),
        ("lib.pack", "return 3", "lib/pack/init.lua"),
    ],
)
def test_a_module_is_found_by_its_dotted_name(folder: Path, name: str, text: str, path: str) -> None:
    found = modules(folder).load(name, "main.lua")
    assert found == {"source": text, "name": path, "key": str((folder / path).resolve())}


def test_folders_are_searched_in_order(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "text.lua").write_text("return 'other'")
    assert modules(other, folder).load("text")["source"] == "return 'other'"
    assert modules(folder, other).load("text")["source"] == "return 1"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../outside/secret",
        "..outside.secret",
        "lib..deep",
        "/etc/passwd",
        "lib/deep",
        "lib\\deep",
        "text.lua.",
        ".text",
        "text\0",
        "text\n",
        " text",
        "~root",
        "C:text",
        "\u2025outside",
        "te\u0301xt",
        7,
        None,
        ["text"],
    ],
    ids=repr,
)
def test_what_is_no_module_name_is_refused(folder: Path, name: object) -> None:
    with pytest.raises(UsageError, match="is not a module name"):
        modules(folder).load(name)


def test_a_module_that_is_not_there_names_where_it_was_looked_for(folder: Path) -> None:
    with pytest.raises(UsageError, match=f"there is no module 'nope'; looked in {folder}") as caught:
        modules(folder).load("nope")
    assert caught.value.kind == "not_found"


@pytest.mark.parametrize("name", ["link", "linked.secret"])
def test_a_link_that_leads_out_is_denied(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / "link.lua").symlink_to(tmp_path / "outside" / "secret.lua")
    (folder / "linked").symlink_to(tmp_path / "outside")
    with pytest.raises(PermissionDenied, match="is a link to a place outside its folder"):
        modules(folder).load(name)


def test_a_link_inside_is_followed_and_has_the_key_of_its_target(folder: Path) -> None:
    (folder / "alias.lua").symlink_to(folder / "text.lua")
    assert modules(folder).load("alias")["key"] == modules(folder).load("text")["key"]


def test_a_module_of_another_language_or_bytecode_is_not_found(folder: Path) -> None:
    (folder / "native.so").write_bytes(b"\x7fELF")
    with pytest.raises(UsageError, match="there is no module 'native'"):
        modules(folder).load("native")


def test_a_module_that_is_not_text_or_too_large_is_refused(folder: Path) -> None:
    (folder / "bytes.lua").write_bytes(b"\x1bLua\xff")
    with pytest.raises(UsageError, match=r"module 'bytes' is not UTF-8 text \(byte 4\)"):
        modules(folder).load("bytes")
    with (folder / "huge.lua").open("wb") as huge:
        huge.truncate(MAX_SOURCE + 1)
    with pytest.raises(UsageError, match="module 'huge' is larger than 8 MiB"):
        modules(folder).load("huge")


def test_a_folder_is_no_module(folder: Path) -> None:
    with pytest.raises(UsageError, match="there is no module 'lib'"):
        modules(folder).load("lib")


def test_a_profile_without_modules_denies_them_all() -> None:
    with pytest.raises(PermissionDenied, match="modules are not allowed in profile 'high'"):
        Modules(None, "high").load("text")


def paths(folder: Path, *more: Path) -> Modules:
    return Modules((folder, *more), "medium", ("js", "ts"), spell=folder)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder of modules that are named by their paths, with a file outside of it."""
    folder = tmp_path / "scripts"
    (folder / "lib").mkdir(parents=True)
    for name in ("a.js", "lib/b.ts", "lib/d.json", "notes.txt"):
        (folder / name).write_text(name)
    (tmp_path / "outside.js").write_text("secret")
    return folder


@pytest.mark.parametrize(
    ("path", "importer", "found"),
    [
        ("./a.js", "", "a.js"),
        ("./lib/b.ts", "", "lib/b.ts"),
        ("lib/b.ts", "", "lib/b.ts"),
        ("./lib/../a.js", "", "a.js"),
        ("../a.js", "lib/b.ts", "a.js"),
        ("./d.json", "lib/b.ts", "lib/d.json"),
        ("a.js", "lib/b.ts", "a.js"),
    ],
)
def test_a_module_is_found_by_its_path(scripts: Path, path: str, importer: str, found: str) -> None:
    key = str(scripts / importer) if importer else ""
    assert paths(scripts).import_(path, key) == {
        "source": found,
        "name": found,
        "key": str((scripts / found).resolve()),
    }


def test_bare_paths_are_searched_in_the_folders_in_order(scripts: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.js").write_text("other")
    (other / "c.js").write_text("c")
    assert paths(scripts, other).import_("a.js")["source"] == "a.js"
    assert paths(scripts, other).import_("c.js")["source"] == "c"


@pytest.mark.parametrize("importer", ["", "../outside.js", "/elsewhere/x.js", "relative.js", 7])
def test_no_importer_reaches_outside_the_folders(scripts: Path, importer: object) -> None:
    with pytest.raises(PermissionDenied, match="lies outside the folders that modules may come from"):
        paths(scripts).import_("../../outside.js", importer)


def test_a_spell_without_a_file_has_no_relative_paths(scripts: Path) -> None:
    with pytest.raises(UsageError, match="has no folder from which a relative path starts"):
        Modules((scripts,), "medium", ("js",)).import_("./a.js")


def test_a_file_of_another_kind_is_no_module(scripts: Path) -> None:
    with pytest.raises(UsageError, match=r"'\./notes\.txt' has none of the endings \.js, \.ts, \.json"):
        paths(scripts).import_("./notes.txt")


def test_a_module_whose_path_is_nearly_right_is_suggested(scripts: Path) -> None:
    with pytest.raises(UsageError) as caught:
        paths(scripts).import_("./lib/bb.ts")
    assert caught.value.hint == "did you mean 'b.ts'?"


def test_a_profile_without_modules_denies_paths_too() -> None:
    with pytest.raises(PermissionDenied, match="modules are not allowed in profile 'high'"):
        Modules(None, "high").import_("./a.js")
