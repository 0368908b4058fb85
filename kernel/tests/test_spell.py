"""Reading a spell, and choosing the engine that runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UnknownPlugin, UsageError
from llmspell.plugins import Plugins
from llmspell.spell import MAX_SOURCE, Source, choose_engine

from .plugins.site import Site, on_path
from .run.kit import make_kernel

ENGINE = """
    from llmspell import hookimpl
    from llmspell.engine import Engine

    class Mine(Engine):
        name = "{name}"
        language = "{language}"
        extensions = ("mine",)

    @hookimpl
    def llmspell_engines(settings):
        return {{"{name}": Mine()}}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    yield from on_path(tmp_path / "site", monkeypatch)


def plugins() -> Plugins:
    return make_kernel(entries=None).plugins


def test_a_spell_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.lua"
    file.write_bytes("print('é')\r\n".encode())
    source = Source.read(file)
    assert source.text == "print('é')\r\n"
    assert source.name == str(file)
    assert source.path == file.resolve()


def test_the_name_is_the_path_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.lua").write_text("")
    monkeypatch.chdir(tmp_path)
    source = Source.read("./a.lua")
    assert (source.name, source.path) == ("./a.lua", tmp_path / "a.lua")


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_bytes(b"\xef\xbb\xbfprint(1)")
    assert Source.read(tmp_path / "a.lua").text == "print(1)"


def test_a_missing_file_has_the_nearest_in_its_hint(tmp_path: Path) -> None:
    (tmp_path / "hello.lua").write_text("")
    with pytest.raises(UsageError, match=r"cannot read '.*helo.lua': No such file or directory$") as raised:
        Source.read(tmp_path / "helo.lua")
    assert raised.value.kind == "not_found"
    assert raised.value.hint == f"did you mean '{tmp_path / 'hello.lua'}'?"


def test_a_missing_folder_has_no_hint(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read") as raised:
        Source.read(tmp_path / "nowhere" / "a.lua")
    assert raised.value.hint == ""


def test_a_folder_is_no_spell(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is a folder, not a spell$"):
        Source.read(tmp_path)


def test_a_file_below_a_file_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_text("")
    with pytest.raises(UsageError, match="Not a directory") as raised:
        Source.read(tmp_path / "a.lua" / "b.lua")
    assert raised.value.kind == "invalid_arguments"


@pytest.mark.parametrize("name", ["a\0b.lua", "x" * 5000])
def test_what_cannot_be_a_file_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        Source.read(name)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_bytes(b"print('\xff')")
    with pytest.raises(UsageError, match=r"is not UTF-8 text \(byte 7\)$"):
        Source.read(tmp_path / "a.lua")


@pytest.mark.parametrize("extra", [0, 1])
def test_a_file_may_have_8_mib(tmp_path: Path, extra: int) -> None:
    (tmp_path / "a.lua").write_bytes(b"-" * (MAX_SOURCE + extra))
    if extra:
        with pytest.raises(UsageError, match=r"is larger than 8 MiB$"):
            Source.read(tmp_path / "a.lua")
    else:
        assert len(Source.read(tmp_path / "a.lua").text) == MAX_SOURCE


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(UsageError, match=r"is larger than 8 MiB$"):
        Source.read("/dev/zero")


@given(st.lists(st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"])), min_size=1))
def test_lines_are_counted_as_engines_count_them(lines: list[str]) -> None:
    source = Source("\r\n".join(lines), "a.lua")
    assert [source.line(number) for number in range(1, len(lines) + 1)] == lines
    assert source.line(0) == source.line(len(lines) + 1) == source.line(-1) == ""


@pytest.mark.parametrize(
    "source",
    [
        Source("", "hello.lua"),
        Source("#!/usr/bin/env -S llmspell run --engine lua\n", "hello"),
        Source("#!/usr/bin/lua\nprint(1)", "hello.txt"),
    ],
)
def test_the_extension_or_the_shebang_chooses_the_engine(source: Source) -> None:
    assert choose_engine(plugins(), source).name == "lua"


def test_the_flag_wins(site: Site) -> None:
    site.install("mine", {"engines": {"mine": "mine"}}, {"mine": ENGINE.format(name="mine", language="mine")})
    assert choose_engine(plugins(), Source("", "hello.lua"), flag="mine").name == "mine"
    with pytest.raises(UnknownPlugin, match=r"^no engine named 'luaa' is installed") as raised:
        choose_engine(plugins(), Source("", "hello.lua"), flag="luaa")
    assert raised.value.hint == "did you mean 'lua'?"


@pytest.mark.parametrize("name", ["hello", "hello.py", "hello.LUA"])
@pytest.mark.parametrize("text", ["", "#!/bin/sh\n", "print(1)"])
def test_nothing_that_chooses_an_engine_is_an_error_that_lists_them(name: str, text: str) -> None:
    with pytest.raises(
        UsageError, match=f"^nothing says which engine runs '{name}'; installed engines: .*lua"
    ) as raised:
        choose_engine(plugins(), Source(text, name))
    assert raised.value.hint.startswith("add --engine ")


def test_without_any_engine_the_hint_is_to_install_one() -> None:
    with pytest.raises(UsageError, match=r"installed engines: none$") as raised:
        choose_engine(make_kernel().plugins, Source("", "hello.lua"))
    assert raised.value.hint == "pip install llmspell-engine-lua"


def two_engines(site: Site, first: str = "mine_a", language: str = "mine") -> None:
    for name in (first, "mine_b"):
        points = {"engines": {name: name}, "extensions": {"mine": name}}
        site.install(name.replace("_", "-"), points, {name: ENGINE.format(name=name, language=language or name)})


def test_several_engines_that_fit_are_named_and_none_is_chosen(site: Site) -> None:
    two_engines(site)
    with pytest.raises(UsageError, match=r"^several installed engines run 'a\.mine': mine_a, mine_b$") as raised:
        choose_engine(plugins(), Source("", "a.mine"))
    assert raised.value.kind == "conflict"
    assert raised.value.hint == "add --engine mine_a, or set engine.mine in llmspell.toml"


def test_of_several_engines_the_one_named_after_their_language_is_taken(site: Site) -> None:
    two_engines(site, first="mine")
    assert choose_engine(plugins(), Source("", "a.mine")).name == "mine"
    assert choose_engine(plugins(), Source("", "a.mine"), preferred={"mine": "mine_b"}).name == "mine_b"


def test_engines_of_different_languages_are_a_conflict_whatever_their_names(site: Site) -> None:
    two_engines(site, first="mine", language="")
    with pytest.raises(UsageError, match=r"^several installed engines run 'a\.mine': mine, mine_b$"):
        choose_engine(plugins(), Source("", "a.mine"))


@pytest.mark.parametrize("preferred", [{"mine": "mine_b"}, {"mine_a": "mine_b"}, {"mine_b": "mine_b"}])
def test_configuration_chooses_among_several(site: Site, preferred: dict[str, str]) -> None:
    two_engines(site)
    assert choose_engine(plugins(), Source("", "a.mine"), preferred=preferred).name == "mine_b"


def test_a_preference_for_an_extension_that_nobody_claims_counts() -> None:
    assert choose_engine(plugins(), Source("", "a.txt"), preferred={"txt": "lua"}).name == "lua"
