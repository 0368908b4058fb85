"""Nothing is imported before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = [
    "aiohttp",
    "cattrs",
    "cryptography",
    "jsonschema_rs",
    "keyring",
    "litellm",
    "lupa",
    "openai",
    "py_mini_racer",
    "pydantic",
    "quickjs",
    "httpx",
]


def modules_after(code: str) -> set[str]:
    """The modules that are loaded once `code` has run in a fresh interpreter."""
    program = f"import sys, json\n{code}\nsys.stderr.write(json.dumps(sorted(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(ended.stderr.splitlines()[-1]))


def command(*words: str) -> str:
    return f"sys.argv = ['llmspell', *{words!r}]\nfrom llmspell.__main__ import answer\nassert answer() == 0"


def plugin_modules(modules: set[str]) -> set[str]:
    kinds = ("agent", "engine", "hook", "language", "provider", "store", "tool")
    return {name for name in modules if name.startswith(tuple(f"llmspell_{kind}_" for kind in kinds))}


def test_importing_llmspell_imports_nothing_else() -> None:
    added = modules_after("import llmspell") - modules_after("")
    assert {name for name in added if not name.startswith("llmspell")} <= {"__future__"}
    assert added >= {"llmspell"}


def test_the_version_needs_no_command_line_library() -> None:
    loaded = modules_after(command("--version"))
    assert "click" not in loaded
    assert "attr" not in loaded


@pytest.mark.parametrize(
    "words",
    [("--help",), ("plugins",), ("tools", "list"), ("run", "--help"), ("config", "show")],
    ids=" ".join,
)
def test_listing_imports_no_plugin(words: tuple[str, ...]) -> None:
    loaded = modules_after(command(*words))
    assert "llmspell.cli.main" in loaded
    assert plugin_modules(loaded) == set()
    assert loaded.isdisjoint(HEAVY)


def test_the_kernel_imports_no_plugin_and_no_sdk() -> None:
    loaded = modules_after("import llmspell.kernel, llmspell.script.api, llmspell.bridge.host")
    assert plugin_modules(loaded) == set()
    assert loaded.isdisjoint(HEAVY)


def test_a_spell_without_models_opens_no_store_of_keys() -> None:
    loaded = modules_after(command("exec", "print(1)"))
    assert "llmspell.secrets.lookup" in loaded
    assert loaded.isdisjoint({"cryptography", "keyring"})
    assert loaded.isdisjoint(f"llmspell.secrets.{part}" for part in ("folder", "keyring", "passphrase", "vault"))


def test_every_plugin_module_is_light_to_load() -> None:
    loaded = modules_after(
        "from llmspell.kernel import Kernel\n"
        "assert [error for _, error in Kernel(environ={}).plugins.check() if error] == []"
    )
    assert len(plugin_modules(loaded)) >= 8
    assert loaded.isdisjoint(set(HEAVY) - {"cattrs"})
