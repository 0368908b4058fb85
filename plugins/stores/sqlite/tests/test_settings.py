"""Where the file is, by the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmspell.config import Config, LoadedConfig, Settings
from llmspell.errors import ConfigError
from llmspell.plugins import Plugins
from llmspell_store_sqlite.store import SqliteStore


def store(project: Path, name: str = "sqlite", environ: dict[str, str] | None = None, **tables: Any) -> SqliteStore:
    settings = Settings(LoadedConfig(config=Config(store=tables), project=project), environ or {})
    found: SqliteStore = Plugins(settings).get("store", name)
    return found


def test_a_path_is_relative_to_the_project(tmp_path: Path) -> None:
    assert store(tmp_path, sqlite={"path": "data/x.db"}).path == tmp_path / "data" / "x.db"
    assert store(tmp_path, sqlite={"path": "/elsewhere/x.db"}).path == Path("/elsewhere/x.db")


def test_each_project_has_a_file_of_its_own_in_the_users_data_folder(tmp_path: Path) -> None:
    one, two = tmp_path / "a b", tmp_path / "deep" / "a b"
    paths = [store(project, environ={"XDG_DATA_HOME": str(tmp_path)}).path for project in (one, two, one)]
    assert paths[0] == paths[2] != paths[1]
    for path in paths:
        assert path.name == "sqlite.db"
        assert path.parent.name.startswith("a-b-")
        assert path.parent.parent == tmp_path / "llmspell" / "projects"


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"LLMSPELL_DATA_HOME": "/x", "XDG_DATA_HOME": "/y", "HOME": "/z"}, "/x"),
        ({"XDG_DATA_HOME": "/y", "HOME": "/z"}, "/y/llmspell"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/z"}, "/z/.local/share/llmspell"),
    ],
)
def test_variables_say_where_data_goes(tmp_path: Path, environ: dict[str, str], folder: str) -> None:
    assert store(tmp_path, environ=environ).path.parents[2] == Path(folder)


async def test_without_a_home_the_store_is_refused_when_it_is_used_and_no_sooner(tmp_path: Path) -> None:
    found = store(tmp_path)
    with pytest.raises(ConfigError, match="there is no place for data: HOME is not set") as caught:
        await found.get("n", "k")
    assert caught.value.hint == "set LLMSPELL_DATA_HOME=DIR"
    await found.close()


def test_a_table_makes_a_further_store(tmp_path: Path) -> None:
    shared = store(tmp_path, "shared", shared={"plugin": "sqlite", "path": "shared.db", "durable": False})
    assert (shared.name, shared.path, shared.durable) == ("shared", tmp_path / "shared.db", False)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"pth": "x"}, r"`store\.sqlite\.pth` .*did you mean 'path'\?"),
        ({"patience": 0}, r"`store\.sqlite\.patience`"),
        ({"durable": "yes"}, r"`store\.sqlite\.durable` must be true or false"),
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        store(tmp_path, sqlite=table)
