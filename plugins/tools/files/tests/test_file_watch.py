"""Waiting for changes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract


class TestFileWatch(ToolContract):
    name = "file_watch"
    allow = {"fs.read": ["**"]}
    good = ({"path": "a.txt", "seconds": 0}, {"path": ".", "seconds": 0.1, "interval": 0.05})
    bad = (
        {},
        {"path": "../x", "seconds": 0},
        {"path": ".", "seconds": -1},
        {"path": ".", "seconds": 301},
        {"path": ".", "interval": 0},
        {"path": ".", "max_changes": 0},
        {"path": ".", "glob": "/x", "seconds": 0},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.txt").write_text("a")


async def watched(bench: Bench, change: Callable[[], object], **arguments: Any) -> dict[str, Any]:
    """What is told about a change that is made again and again until the watch is over."""
    watching = asyncio.create_task(bench.call("file_watch", {"seconds": 30, "interval": 0.05, **arguments}))
    await asyncio.sleep(0.5)
    change()
    answer: dict[str, Any] = await watching
    return answer


async def test_a_new_file_is_told(bench: Bench, project: Path) -> None:
    answer = await watched(bench, (project / "docs" / "new.txt").touch, path="docs")
    assert answer["changes"] == [{"path": "docs/new.txt", "change": "created"}]
    assert not answer["timed_out"]
    assert not answer["truncated"]
    told = [event.data["message"] for event in bench.events if event.kind == "tool.progress"]
    assert told == ["docs/new.txt was created"]


async def test_a_file_that_is_gone_or_changed_is_told(bench: Bench, project: Path) -> None:
    answer = await watched(bench, (project / "docs" / "guide.md").unlink, path=".")
    assert answer["changes"] == [{"path": "docs/guide.md", "change": "deleted"}]
    answer = await watched(bench, lambda: (project / "README.md").write_text("longer than it was"), path="README.md")
    assert answer["changes"] == [{"path": "README.md", "change": "modified"}]


async def test_a_file_that_is_not_there_yet_is_waited_for(bench: Bench, project: Path) -> None:
    answer = await watched(bench, (project / "later").touch, path="later")
    assert answer["changes"] == [{"path": "later", "change": "created"}]


async def test_it_waits_for_so_many_changes_that_fit(bench: Bench, project: Path) -> None:
    def change() -> None:
        for name in ("a.md", "a.txt", "b.md"):
            (project / "docs" / "sub" / name).touch()

    answer = await watched(bench, change, path=".", glob="*.md", max_changes=2)
    assert [change["path"] for change in answer["changes"]] == ["docs/sub/a.md", "docs/sub/b.md"]


async def test_it_waits_only_so_long(bench: Bench, project: Path) -> None:
    arguments = {"path": ".", "seconds": 0.6, "interval": 0.05, "recursive": False}
    watching = asyncio.create_task(bench.call("file_watch", arguments))
    await asyncio.sleep(0.2)
    (project / "docs" / "new").touch()  # deeper than is watched
    answer = await watching
    assert answer["changes"] == []
    assert answer["timed_out"]
    assert answer["waited_seconds"] >= 0.6


async def test_a_watch_that_is_cancelled_ends(bench: Bench) -> None:
    watching = asyncio.create_task(bench.call("file_watch", {"path": ".", "seconds": 300, "interval": 60}))
    await asyncio.sleep(0.3)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(watching, 20)


async def test_only_so_much_is_watched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(sys.modules["llmspell_tool_files.file_watch"], "_MOST", 2)
    with pytest.raises(UsageError, match=r"'\.' has more than 2 entries"):
        await bench.call("file_watch", {"path": ".", "seconds": 0})


async def test_without_permission_nothing_is_watched(project: Path, bench: Bench, outside: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"tool 'file_watch' uses fs.read, which is not allowed") as caught:
        await Bench(project).call("file_watch", {"path": "."})
    assert caught.value.hint == "run again with --allow-fs-read=PATH"
    (project / "link").symlink_to(outside)
    for path in ("../outside", "link"):
        with pytest.raises(PermissionDenied):
            await bench.call("file_watch", {"path": path, "seconds": 0})
