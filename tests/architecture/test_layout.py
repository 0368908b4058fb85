"""The repository's rules of shape: one grid of kind and name, and what each part may know of the others."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "kernel" / "src" / "llmspell"
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/*/pyproject.toml"))
KINDS = {"agent", "engine", "hook", "language", "provider", "store", "tool"}
SHARED = "language"  # what plugins of one language share: no plugin of its own, so it has no entry points
# Words that stand for the thing itself as well as for a plugin of that name.
ORDINARY = {"core", "logging", "metrics", "offline", "llm"}


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def tracked() -> list[Path]:
    """Every file that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_there_are_plugins_to_check() -> None:
    assert len(PLUGINS) >= 8


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_plugin_is_named_after_its_folder(plugin: Path) -> None:
    kind, name = plugin.parent.name.removesuffix("s"), plugin.name
    project = toml(plugin / "pyproject.toml")["project"]
    module = f"llmspell_{kind}_{name}"
    assert kind in KINDS
    assert project["name"] == f"llmspell-{kind}-{name}"
    assert (plugin / "src" / module / "py.typed").is_file()
    assert (plugin / "README.md").read_text().startswith(f"# llmspell-{kind}-{name}\n")
    assert list((plugin / "tests").glob("test_*.py"))
    groups = set(project.get("entry-points", {})) - {"llmspell.extensions"}
    assert groups == (set() if kind == SHARED else {f"llmspell.{kind}s"})
    if kind == SHARED:
        return
    for target in project["entry-points"][f"llmspell.{kind}s"].values():
        assert target.split(".")[0] == module


def test_all_names_every_plugin_and_the_workspace_finds_it() -> None:
    extras = toml(ROOT / "kernel" / "pyproject.toml")["project"]["optional-dependencies"]
    named = {re.split(r"[>\[]", item)[0] for items in extras.values() for item in items}
    sources = set(toml(ROOT / "pyproject.toml")["tool"]["uv"]["sources"])
    for plugin in PLUGINS:
        distribution = toml(plugin / "pyproject.toml")["project"]["name"]
        assert distribution in named
        assert distribution in sources
    reached, waiting = set(), ["all"]
    while waiting:
        extra = waiting.pop()
        reached.add(extra)
        for item in extras[extra]:
            if found := re.match(r"llmspell\[(.*)\]", item):
                waiting += [inner for inner in found[1].split(",") if inner not in reached]
    assert reached >= set(extras) - {"demo", "testing"}


def test_one_version_everywhere() -> None:
    projects = [
        toml(path)["project"] for path in [ROOT / "kernel" / "pyproject.toml", *(p / "pyproject.toml" for p in PLUGINS)]
    ]
    assert {project["version"] for project in projects} == {"0.1.0"}
    assert '__version__ = "0.1.0"' in (KERNEL / "__init__.py").read_text()


def test_the_kernel_names_no_plugin() -> None:
    names = {plugin.name for plugin in PLUGINS} - ORDINARY
    words = re.compile(r"llmspell_(?:" + "|".join(KINDS) + r")_\w+|\b(?:litellm|lupa|openai)\b")
    assert names >= {"lua", "openai", "litellm"}
    checked = 0
    for path in KERNEL.rglob("*.py"):
        tree = ast.parse(path.read_text())
        code = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)}
        found = [text for text in code if text not in docs and words.search(text)]
        found += [module for module in imports(path) if words.search(module)]
        if "testing" not in path.parts:  # the loopback server speaks OpenAI's format, and says so
            assert not found, f"{path}: {found}"
            checked += 1
    assert checked > 50


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def test_plugins_import_the_kernel_themselves_and_languages_only() -> None:
    checked = 0
    for plugin in PLUGINS:
        own = f"llmspell_{plugin.parent.name.removesuffix('s')}_{plugin.name}"
        for path in plugin.rglob("*.py"):
            for module in imports(path):
                if module.startswith("llmspell_"):
                    allowed = module.split(".")[0] == own or module.startswith(f"llmspell_{SHARED}_")
                    assert allowed, f"{path} imports {module}"
                    checked += 1
    assert checked > 10


def test_no_file_holds_more_than_one_idea() -> None:
    sources = [path for path in tracked() if path.suffix == ".py"]
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in sources}
    assert len(lengths) > 100
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_no_file_names_a_registry_a_machine_or_a_secret_place() -> None:
    hosts = ["py" + "pi.org", "python" + "hosted", "registry.npm" + "js", "deb." + "debian", "crates" + ".io"]
    places = ["/wo" + "rk/", "/ro" + "ot/", "/far" + "m/"]
    checked = 0
    for path in tracked():
        text = path.read_text(errors="replace")
        found = [word for word in (*hosts, *places) if word in text]
        assert not found, f"{path}: {found}"
        checked += 1
    assert checked > 100


def test_the_kernel_needs_only_light_packages() -> None:
    needed = toml(ROOT / "kernel" / "pyproject.toml")["project"]["dependencies"]
    assert {re.split(r"[>=<]", item)[0] for item in needed} <= {"attrs", "cattrs", "click", "pluggy", "anyio"}
