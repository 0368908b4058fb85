"""Extracting archives: what is written where, and what is not."""

from __future__ import annotations

import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from llmspell.config import LoadedConfig
from llmspell.config.schema import Config
from llmspell.errors import BudgetExceeded, LlmspellError, PermissionDenied, UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.testing.bench import Bench


def pack(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz", "w"])
async def test_tar_is_told_from_its_bytes_whatever_its_name(bench: Bench, project: Path, mode: str) -> None:
    with tarfile.open(project / "archive", mode) as archive:  # type: ignore[call-overload]  # a str is no Literal
        archive.add(project / "docs", "docs")
    listed = await bench.call("archive_list", {"path": "archive"})
    assert listed["format"] == ("tar" if mode == "w" else f"tar.{mode[2:]}")
    await bench.call("archive_extract", {"path": "archive", "destination": "out"})
    assert (project / "out" / "docs" / "sub" / "deep.txt").read_text() == "deep\n"


async def test_only_what_fits_is_extracted(bench: Bench, project: Path) -> None:
    pack(project / "a.zip", {"a.md": "1", "x/b.md": "2", "x/c.txt": "3", "../evil": "4"})
    answer = await bench.call("archive_extract", {"path": "a.zip", "destination": "out", "glob": "x/*"})
    assert answer["files"] == ["x/b.md", "x/c.txt"]
    assert sorted(os.listdir(project / "out")) == ["x"]
    with pytest.raises(UsageError, match=r"'a.zip' has nothing that fits '\*.py'") as caught:
        await bench.call("archive_extract", {"path": "a.zip", "destination": "out", "glob": "*.py"})
    assert caught.value.kind == "not_found"


async def test_a_list_that_is_cut_says_so(bench: Bench, project: Path) -> None:
    pack(project / "a.zip", {f"{number}": "" for number in range(5)})
    answer = await bench.call("archive_list", {"path": "a.zip", "max_entries": 3})
    assert (len(answer["entries"]), answer["entry_count"], answer["truncated"]) == (3, 5, True)


async def test_a_file_that_is_there_stops_all_before_anything_is_written(bench: Bench, project: Path) -> None:
    pack(project / "a.zip", {"new": "1", "README.md": "2"})
    arguments = {"path": "a.zip", "destination": "."}
    with pytest.raises(UsageError, match=r"'README.md' exists already in '\.'; nothing was extracted") as caught:
        await bench.call("archive_extract", arguments)
    assert caught.value.kind == "conflict"
    assert not (project / "new").exists()
    await bench.call("archive_extract", {**arguments, "overwrite": True})
    assert (project / "README.md").read_text() == "2"


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("name", ["link/x", "file", "up/x"])
async def test_links_in_the_destination_lead_nowhere(
    bench: Bench, project: Path, outside: Path, name: str, overwrite: bool
) -> None:
    (project / "out").mkdir()
    (project / "out" / "link").symlink_to(outside)
    (project / "out" / "file").symlink_to(outside / "new")
    (project / "out" / "up").symlink_to("../docs")  # granted, and yet not where it is extracted to
    pack(project / "a.zip", {name: "x"})
    with pytest.raises(LlmspellError):
        await bench.call("archive_extract", {"path": "a.zip", "destination": "out", "overwrite": overwrite})
    assert os.listdir(outside) == ["secret.txt"]
    assert sorted(os.listdir(project / "docs")) == ["guide.md", "sub"]


async def test_what_was_written_before_an_error_is_told(project: Path) -> None:
    pack(project / "a.zip", {"a": "x" * 400, "b": "x" * 400, "c": "x" * 400})
    loaded = LoadedConfig(config=Config(), project=project)
    grants = Grants.of({"tools": ["*"], "fs.read": ["**"], "fs.write": ["**"]}, {}, origin="the test", base=project)
    async with Kernel(loaded, environ={}) as kernel:
        run = kernel.open_run(RunOptions(profile="high", permissions=(grants,)))
        run.quota.take("write_bytes", (256 << 20) - 1000)
        arguments = {"path": "a.zip", "destination": "out"}
        with pytest.raises(BudgetExceeded, match=r"write_bytes .*; 2 of the paths before it were written") as caught:
            await run.call_tool(run.find_tool("archive_extract"), arguments, run.root)
        await run.close()
    assert caught.value.details["written"] == ["a", "b"]
    assert sorted(os.listdir(project / "out")) == ["a", "b"]


async def test_nothing_is_extracted_to_where_nothing_may_be_written(project: Path, outside: Path) -> None:
    pack(project / "a.zip", {"a": "x"})
    (project / "link").symlink_to(outside)
    bench = Bench(project, allow={"fs.read": ["**"], "fs.write": ["out/**"]})
    for destination in ("docs", "link", "../outside", "new"):
        with pytest.raises(PermissionDenied):
            await bench.call("archive_extract", {"path": "a.zip", "destination": destination})
    assert not (project / "new").exists()
    assert not (project / "docs" / "a").exists()
    await bench.call("archive_extract", {"path": "a.zip", "destination": "out"})
    assert (project / "out" / "a").read_text() == "x"


async def test_programs_do_not_come_out_as_programs(bench: Bench, project: Path) -> None:
    info = zipfile.ZipInfo("tool")
    info.external_attr = 0o104755 << 16
    with zipfile.ZipFile(project / "a.zip", "w") as archive:
        archive.writestr(info, "#!/bin/sh\n")
    await bench.call("archive_extract", {"path": "a.zip", "destination": "out"})
    assert (project / "out" / "tool").stat().st_mode & 0o7111 == 0


async def test_an_archive_is_only_so_large(bench: Bench, project: Path) -> None:
    (project / "a.zip").touch()
    os.truncate(project / "a.zip", (64 << 20) + 1)
    with pytest.raises(UsageError, match=r"'a.zip' has 67108865 bytes, and at most 67108864 are read"):
        await bench.call("archive_list", {"path": "a.zip"})
