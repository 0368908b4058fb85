"""Ways through `require`, in spells that a kernel runs: to other files, other code, and other runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.spell import Source

Cast = Callable[..., Awaitable[Ended]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.lua").write_text("return 'secret'")
    folder = tmp_path / "spells"
    folder.mkdir()
    return folder


@pytest.fixture
async def cast(folder: Path) -> AsyncIterator[Cast]:
    """Runs Lua text as a spell of the folder; `modules` are written there first."""
    async with Kernel(load(folder, {}), environ={}) as kernel:

        async def run(
            text: str, modules: dict[str, str] | None = None, deny: dict[str, list[str]] | None = None, **options: Any
        ) -> Ended:
            for name, source in (modules or {}).items():
                (folder / f"{name}.lua").write_text(source)
            layers = (Grants.of({}, deny, origin="--deny", base=folder),) if deny else ()
            chosen = {"profile": "low", "permissions": layers} | options
            return await kernel.cast(Source(text, "main.lua", folder / "main.lua"), RunOptions(**chosen))

        yield run


_PATHS = {
    "package.path": "package = { path = '../outside/?.lua' } return require('secret')",
    "package.cpath": "package = { cpath = '../outside/?.so' } return require('secret')",
    "package.loaded": "package = { loaded = { secret = 1 } } return require('secret')",
    "package.preload": "package = { preload = { secret = function() return 1 end } } return require('secret')",
    "package.searchers": "package = { searchers = { function() return print end } } return require('secret')",
    "LUA_PATH": "LUA_PATH = '../outside/?.lua' return require('secret')",
}


@pytest.mark.parametrize("name", _PATHS)
async def test_where_modules_are_looked_for_is_not_the_scripts_to_say(name: str, cast: Cast) -> None:
    ended = await cast(_PATHS[name])
    assert ended.error is not None
    assert ended.error.kind == "not_found"
    assert "there is no module 'secret'" in str(ended.error)


async def test_a_chunk_name_that_looks_like_a_file_elsewhere_changes_nothing(cast: Cast, folder: Path) -> None:
    ended = await cast(f"return load(\"return require('secret')\", '@{folder.parent}/outside/main.lua')()")
    assert ended.error is not None
    assert ended.error.kind == "not_found"


async def test_modules_that_require_each_other_end_with_the_chain(cast: Cast) -> None:
    ended = await cast("return require('a')", {"a": "return require('b')", "b": "return require('a')"})
    assert "require: modules require each other: a -> b -> a" in str(ended.error)


async def test_a_module_that_requires_itself_by_a_link_ends_too(cast: Cast, folder: Path) -> None:
    (folder / "link.lua").symlink_to(folder / "a.lua")
    ended = await cast("return require('a')", {"a": "return require('link')"})
    assert "require: modules require each other: a -> link" in str(ended.error)


async def test_a_chain_of_many_modules_ends(cast: Cast) -> None:
    modules = {f"m{number}": f"return require('m{number + 1}')" for number in range(300)}
    ended = await cast("return require('m0')", modules)
    assert ended.error is not None
    assert (await cast("return 1")).value == 1


async def test_a_huge_module_is_refused_before_it_is_read(cast: Cast, folder: Path) -> None:
    with (folder / "huge.lua").open("wb") as huge:
        huge.truncate(1 << 30)
    ended = await cast("return require('huge')")
    assert "module 'huge' is larger than 8 MiB" in str(ended.error)


async def test_a_module_is_new_in_every_run(cast: Cast) -> None:
    counter = {"counter": "seen = (seen or 0) + 1 string.leak = (string.leak or 0) + 1 return { seen, string.leak }"}
    assert [(await cast("return require('counter')", counter)).value for _ in range(2)] == [[1, 1], [1, 1]]


async def test_a_module_has_the_permissions_of_its_spell(cast: Cast, folder: Path) -> None:
    (folder / "notes.txt").write_text("notes")
    reader = {"reader": "return Tool.run('file_read', { path = Args[1] }).text"}
    assert (await cast("return require('reader')", reader, args=("notes.txt",))).value == "notes"
    for denied in ({"fs.read": ["notes.txt"]}, {"tools": ["file_read"]}):
        ended = await cast("return require('reader')", reader, denied, args=("notes.txt",))
        assert ended.error is not None
        assert (ended.error.kind, next(iter(denied))) == (
            "permission",
            ended.log.history("permission.denied")[0].data["permission"],
        )


async def test_a_module_in_another_folder_gains_nothing_by_it(cast: Cast, folder: Path) -> None:
    (folder / "lib").mkdir()
    (folder / "lib" / "reader.lua").write_text("return Tool.run('file_read', { path = '../outside/secret.lua' }).text")
    ended = await cast("return require('lib.reader')")
    assert ended.error is not None
    assert ended.error.kind == "permission"


async def test_what_a_module_does_later_is_still_the_spells(cast: Cast, folder: Path) -> None:
    outside = str(folder.parent / "outside" / "secret.lua")
    later = {"later": f"return function() return Tool.run('file_read', {{ path = '{outside}' }}).text end"}
    ended = await cast("local read = require('later') Async.sleep(0.01) return read()", later)
    assert ended.error is not None
    assert ended.error.kind == "permission"


async def test_a_load_that_is_deferred_is_checked_when_it_happens(cast: Cast, folder: Path) -> None:
    (folder / "link.lua").write_text("return 1")
    text = "local wait = Async.spawn(function() Async.sleep(0.3) return require('link') end) print('ready') return wait:wait()"

    def swap(_: str) -> None:
        (folder / "link.lua").unlink()
        (folder / "link.lua").symlink_to(folder.parent / "outside" / "secret.lua")

    ended = await cast(text, output=swap)
    assert ended.error is not None
    assert (ended.error.kind, ended.value) == ("permission", None)


async def test_a_denied_module_is_denied_by_its_real_path(cast: Cast, folder: Path) -> None:
    (folder / "alias.lua").symlink_to(folder / "hidden.lua")
    ended = await cast("return require('alias')", {"hidden": "return 1"}, {"modules": ["hidden.lua"]})
    assert ended.error is not None
    assert (ended.error.kind, ended.log.history("permission.denied")[0].data["target"]) == (
        "permission",
        str((folder / "hidden.lua").resolve()),
    )


async def test_the_high_profile_has_no_modules_at_all(cast: Cast) -> None:
    ended = await cast("return require('m')", {"m": "return 1"}, profile="high")
    assert "modules are not allowed in profile 'high'" in str(ended.error)
