"""What is known of tools that are not loaded: from a pack's file, from its distribution, and of a run's own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from llmspell.tools.index import FILE, SCHEMA, first_sentence, parsed, place_of, record_of, written
from llmspell.tools.search import Record

from ..run.kit import open_run
from .kit import spy


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Reads a file. And more.", "Reads a file."),
        ("Reads  a\n  file.\nAnd more.", "Reads a file."),
        ("Reads v1.2 of a file. More.", "Reads v1.2 of a file."),
        ("Really? Yes.", "Really?"),
        ("No end", "No end"),
        ("", ""),
    ],
)
def test_a_first_sentence_ends_where_it_ends(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_what_is_written_is_read_again_in_the_order_of_names() -> None:
    first, second = spy("b"), spy("a")
    first.category, first.tags, first.needs = "text", ("x", "y"), ("env",)
    text = written([first, second])
    assert list(json.loads(text)["tools"]) == ["a", "b"]
    assert parsed(text) == {"a": record_of(second), "b": record_of(first)}
    assert record_of(first) == Record("b", "Tells what it was asked.", "text", ("x", "y"), ("env",))


@pytest.mark.parametrize(
    "tools", [3, {"a": 3}, {"a": {}}, {"a": {"description": "d", "category": "c", "tags": [1], "needs": []}}]
)
def test_what_is_no_index_is_refused(tools: object) -> None:
    with pytest.raises(ValueError, match=r"it (is not an object of schema|says of 'a' is not description)"):
        parsed(json.dumps({"schema": SCHEMA, "tools": tools}))


def test_the_file_lies_beside_the_modules_of_its_package() -> None:
    place = place_of("llmspell")
    assert place is not None
    assert (place.name, place.parent.name) == (FILE, "llmspell")
    for none in ("no_such_package", "json.decoder", "tools/mine.py", "", "this"):
        assert place_of(none) is None


async def test_the_tools_of_a_run_are_found_until_they_are_removed() -> None:
    run = open_run()
    assert run.tools.index.search("spy") == []
    run.tools.add(spy())
    assert [record.name for record in run.tools.index.search("asked")] == ["spy"]
    assert run.tools.index is run.tools.index
    run.tools.remove("spy")
    assert run.tools.index.search("spy") == []


def test_searching_the_catalogue_imports_no_tool() -> None:
    program = (
        "import sys; from llmspell.plugins import Plugins, Settings; from llmspell.tools.index import catalogued; "
        "from llmspell.tools.search import Index; "
        "found = Index(catalogued(Plugins(Settings()))).search('calculator'); "
        "print(found[0].name, [name for name in sys.modules if name.startswith('llmspell_')])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("calculator []\n", "")
