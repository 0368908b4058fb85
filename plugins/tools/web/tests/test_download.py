"""download: all of a file, or nothing."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError

from .contract import NO_URLS, AskingContract
from .kit import BROKEN, Server, bench, head, saying, sending, sending_to, serving, site

CONTENT = bytes(range(256)) * 100
WRITE = {"fs.write": ["**"]}


class TestDownloadContract(AskingContract):
    name = "download"
    answer = staticmethod(saying(CONTENT, "application/octet-stream"))
    also = WRITE
    bad = (
        *({"path": "a", **arguments} for arguments in NO_URLS),
        {"url": "http://a.test/"},
        {"url": "http://a.test/", "path": ""},
        {"url": "http://a.test/", "path": "a", "sha256": "abc"},
        {"url": "http://a.test/", "path": "a", "max_bytes": 0},
        {"url": "http://a.test/", "path": "../a"},
        {"url": "http://a.test/", "path": "none/a"},
    )

    def calls(self, server: Server) -> tuple[dict[str, Any], ...]:
        return ({"url": server.url(), "path": "file", "overwrite": True},)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_is_saved_as_it_is(tmp_path: Path) -> None:
    pages = {"/": sending_to("/file.bin"), "/file.bin": saying(CONTENT, "application/x-thing; a=b")}
    async with serving(site(pages)) as server:
        found = await bench(tmp_path, server, allow=WRITE).call("download", {"url": server.url(), "path": "a.bin"})
    assert found == {
        "path": "a.bin",
        "url": server.url("/file.bin"),
        "bytes": 25_600,
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "content_type": "application/x-thing",
    }
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("upper", [False, True])
async def test_a_file_with_the_right_sum_is_saved(tmp_path: Path, upper: bool) -> None:
    wanted = hashlib.sha256(CONTENT).hexdigest()
    async with serving(saying(CONTENT)) as server:
        arguments = {"url": server.url(), "path": "a", "sha256": wanted.upper() if upper else wanted}
        assert (await bench(tmp_path, server, allow=WRITE).call("download", arguments))["sha256"] == wanted


async def test_a_file_with_another_sum_is_not_saved(tmp_path: Path) -> None:
    async with serving(saying(CONTENT)) as server:
        arguments = {"url": server.url(), "path": "a", "sha256": "A" * 64}
        with pytest.raises(
            LlmspellError, match=r"the SHA-256 of http.* is [0-9a-f]{64}, and not a{64}; nothing"
        ) as caught:
            await bench(tmp_path, server, allow=WRITE).call("download", arguments)
    assert caught.value.kind == "conflict"
    assert names(tmp_path) == []


async def test_a_file_that_is_there_is_replaced_only_on_request(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    async with serving(saying(CONTENT)) as server:
        tool = bench(tmp_path, server, allow=WRITE)
        with pytest.raises(UsageError, match=r"^'a' exists already$") as caught:
            await tool.call("download", {"url": server.url(), "path": "a"})
        assert (caught.value.kind, server.seen) == ("conflict", [])
        assert (tmp_path / "a").read_text() == "old"
        await tool.call("download", {"url": server.url(), "path": "a", "overwrite": True})
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.parametrize("body", [CONTENT, gzip.compress(bytes(30_000_000))], ids=["plain", "bomb"])
async def test_a_file_that_is_too_large_is_not_saved(tmp_path: Path, body: bytes) -> None:
    async with serving(saying(body, Content_Encoding="" if body is CONTENT else "gzip")) as server:
        arguments = {"url": server.url(), "path": "a", "max_bytes": 25_599}
        with pytest.raises(LlmspellError, match=r"has more than 25599 bytes"):
            await bench(tmp_path, server, allow=WRITE).call("download", arguments)
    assert names(tmp_path) == []


async def test_the_largest_file_is_saved(tmp_path: Path) -> None:
    async with serving(saying(CONTENT)) as server:
        arguments = {"url": server.url(), "path": "a", "max_bytes": 25_600}
        assert (await bench(tmp_path, server, allow=WRITE).call("download", arguments))["bytes"] == 25_600


async def test_a_failure_of_the_server_is_not_saved(tmp_path: Path) -> None:
    async with serving(saying("no", status=404)) as server:
        with pytest.raises(LlmspellError, match=r"answered 404 Not Found"):
            await bench(tmp_path, server, allow=WRITE).call("download", {"url": server.url(), "path": "a"})
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", BROKEN)
async def test_of_a_broken_answer_nothing_is_saved(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, server, allow=WRITE).call("download", {"url": server.url(), "path": "a"})
    assert caught.value.kind == "network"
    assert names(tmp_path) == []


async def test_a_place_that_may_not_be_written_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    async with serving(saying(CONTENT)) as server:
        tool = bench(tmp_path, server, allow={"fs.write": ["ok/**"]})
        with pytest.raises(PermissionDenied) as caught:
            await tool.call("download", {"url": server.url(), "path": "secret"})
        assert "--allow-fs-write=" in caught.value.hint
        arguments = {"url": server.url(), "path": "folder"}
        with pytest.raises(UsageError, match="folder"):
            await bench(tmp_path, server, allow=WRITE).call("download", arguments)
        assert server.seen == []


async def test_a_server_that_is_not_granted_is_not_asked(tmp_path: Path) -> None:
    async with serving(saying(CONTENT)) as server, serving(saying()) as other:
        with pytest.raises(PermissionDenied) as caught:
            await bench(tmp_path, other, allow=WRITE).call("download", {"url": server.url(), "path": "a"})
        assert f"--allow-net={server.place}" in caught.value.hint


async def test_a_slow_server_is_given_up(tmp_path: Path) -> None:
    async with sending(head("Content-Length: 9"), b"a", pause=1) as server:
        arguments = {"url": server.url(), "path": "a", "timeout": 0.2}
        with pytest.raises(LlmspellError, match=r"took longer than 0.2 seconds"):
            await bench(tmp_path, server, allow=WRITE).call("download", arguments)
    assert names(tmp_path) == []


async def test_a_long_download_tells_how_far_it_is(tmp_path: Path) -> None:
    async with serving(saying(bytes(3_000_000))) as server:
        tool = bench(tmp_path, server, allow=WRITE)
        await tool.call("download", {"url": server.url(), "path": "a"})
    assert len([event for event in tool.events if event.kind == "tool.progress"]) == 2
