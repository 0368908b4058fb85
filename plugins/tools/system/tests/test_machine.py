"""The tools that tell about the machine: what it is, and the room on its disks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract


class TestSystemInfoContract(ToolContract):
    name = "system_info"
    good = ({},)
    bad = ({"all": True},)


class TestDiskUsageContract(ToolContract):
    name = "disk_usage"
    allow = {"fs.read": ["**"]}
    good = ({}, {"path": "."}, {"path": "notes.txt"}, {"path": "inner"})
    bad = ({"path": ""}, {"path": 3}, {"path": "missing"}, {"path": "a\0b"}, {"path": "../.."}, {"path": "/etc"})

    def prepare(self, folder: Path) -> None:
        (folder / "notes.txt").write_text("hello")
        (folder / "inner").mkdir()


async def test_the_machine_is_told(tmp_path: Path) -> None:
    found = await Bench(tmp_path).call("system_info")
    assert set(found) == {"system", "machine", "cpus", "memory_bytes", "memory_free_bytes", "python", "byte_order"}
    assert found["cpus"] >= 1
    assert found["memory_bytes"] > 1 << 20


async def test_who_and_where_the_machine_is_stays_untold(tmp_path: Path) -> None:
    found = str(await Bench(tmp_path).call("system_info"))
    names = (os.uname().nodename, os.uname().release, os.environ.get("HOME", ""), os.environ.get("USER", ""))
    assert [name for name in names if len(name) > 3 and name in found] == []


@pytest.mark.parametrize("path", [".", "notes.txt", "inner", "link"])
async def test_the_room_is_that_of_the_disk(tmp_path: Path, path: str) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "inner").mkdir()
    (tmp_path / "link").symlink_to("inner")
    found = await Bench(tmp_path, allow={"fs.read": ["**"]}).call("disk_usage", {"path": path})
    real = shutil.disk_usage(tmp_path)
    assert found["total_bytes"] == real.total
    assert abs(found["free_bytes"] - real.free) < real.total / 10  # others write meanwhile
    assert 0 <= found["used_percent"] <= 100


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="nothing is mounted there")
async def test_a_folder_that_another_disk_is_mounted_on_is_of_that_disk(tmp_path: Path) -> None:
    found = await Bench(tmp_path, allow={"fs.read": ["/dev/**"]}).call("disk_usage", {"path": "/dev/shm"})
    assert found["total_bytes"] == shutil.disk_usage("/dev/shm").total


async def test_a_place_that_may_not_be_read_is_denied_with_the_flag_for_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"fs.read": ["inner/**"]})
    with pytest.raises(PermissionDenied, match=r"fs.read of '/usr' is not allowed in profile 'high'") as caught:
        await bench.call("disk_usage", {"path": "/usr"})
    assert caught.value.hint == "run again with --allow-fs-read=/usr"


async def test_a_link_out_of_what_is_granted_is_denied(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/usr")
    with pytest.raises(PermissionDenied, match=r"fs.read of '/usr' is not allowed"):
        await Bench(tmp_path, allow={"fs.read": ["**"]}).call("disk_usage", {"path": "out"})


async def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PermissionDenied, match=r"'pipe' may not be looked at: it is not a regular file"):
        await Bench(tmp_path, allow={"fs.read": ["**"]}).call("disk_usage", {"path": "pipe"})


async def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'missing' does not exist"):
        await Bench(tmp_path, allow={"fs.read": ["**"]}).call("disk_usage", {"path": "missing"})
