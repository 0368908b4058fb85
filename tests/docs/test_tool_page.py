"""The package that docs/plugins/tool.md shows, put together from its blocks, passes the tests that it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from llmspell.tools.function import Metadata

PAGE = (Path(__file__).parents[2] / "docs" / "plugins" / "tool.md").read_text()
FILES = re.findall(r"^```python\n# (\S+\.py)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def write_package(folder: Path) -> None:
    """The files of the page, and the entry points of its TOML as an installed distribution has them."""
    for name, text in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    [toml] = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    points = tomllib.loads(toml)["project"]["entry-points"]["llmspell.tools"]
    info = folder / "my_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-pack\nVersion: 1.0\n")
    lines = [f"{name} = {module}" for name, module in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[llmspell.tools]", *lines, ""]))
    (folder / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )


def test_the_package_of_the_page_passes_its_tests(tmp_path: Path) -> None:
    assert len(FILES) == 4
    write_package(tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environ = {"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout
    assert " passed" in ended.stdout


def test_the_page_names_all_metadata_and_nothing_else() -> None:
    [table] = re.findall(r"^\| `@tool\(\.\.\.\)` .*?\n\n", PAGE, re.MULTILINE | re.DOTALL)
    cells = [row.split("|")[1] for row in table.splitlines()[2:] if row]
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == set(Metadata.__annotations__)


def test_the_page_names_what_a_context_has() -> None:
    from llmspell.context import Context

    named = set(re.findall(r"`(?:await )?context\.(\w+)", PAGE))
    assert len(named) >= 7
    assert named <= set(dir(Context))
