"""Tools in the Python files of a project's `tools/` folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from llmspell.config.tool_files import LARGEST, MOST
from llmspell.errors import AmbiguousPlugin, LlmspellError, PermissionDenied, UnknownPlugin
from llmspell.tools.folder import BrokenFile

from .project import Project, value

SHOUT = '''
from llmspell.tools import tool

@tool(category="text", quick=True)
def shout(text: str) -> str:
    """The text in capitals."""
    return text.upper()
'''
MARK = "import pathlib; pathlib.Path(__file__).with_suffix('.ran').touch()\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path.resolve())


async def test_a_file_of_a_trusted_project_is_a_tool(project: Project) -> None:
    project.write("llmspell.toml", "")
    project.write("tools/shout.py", SHOUT)
    project.trust()
    assert await project.call("shout", text="hi") == "HI"
    assert project.find("shout").category == "text"


async def test_a_spell_calls_it_by_name(project: Project) -> None:
    project.write("tools/shout.py", SHOUT)
    project.write("main.lua", 'return Tool.run("shout", { text = "hi" }).output')
    project.trust()
    assert value(await project.cast("main.lua")) == "HI"


async def test_without_trust_it_is_listed_and_never_imported(project: Project) -> None:
    file = project.write("tools/shout.py", MARK + SHOUT)
    assert project.offered() == {"shout": "tools/shout.py"}
    with pytest.raises(PermissionDenied, match=r"^'tools/shout\.py' may not be imported: .* is not trusted$") as caught:
        await project.call("shout", text="hi")
    assert caught.value.hint == "read the file, then type: llmspell trust"
    assert not file.with_suffix(".ran").exists()
    assert [(each.key, each.where) for each in project.load().withheld] == [('tools."shout.py"', "tools/shout.py")]
    assert await project.call("shout", trusted=True, text="hi") == "HI"
    assert file.with_suffix(".ran").exists()


@pytest.mark.parametrize("change", ["another text", "another file", "another configuration"])
async def test_what_was_not_trusted_is_not_imported(project: Project, change: str) -> None:
    project.write("llmspell.toml", "")
    project.write("tools/shout.py", SHOUT)
    project.trust()
    match change:
        case "another text":
            project.write("tools/shout.py", SHOUT + "# and more\n")
        case "another file":
            project.write("tools/more.py", SHOUT.replace("shout", "whisper"))
        case _:
            project.write("llmspell.toml", '[tool.calculator]\npath = "x"\n')
    with pytest.raises(PermissionDenied, match="is not trusted"):
        project.find("shout")
    project.trust()
    assert project.find("shout").name == "shout"


async def test_what_is_imported_is_what_was_read_with_the_configuration(project: Project) -> None:
    project.write("tools/shout.py", SHOUT)
    project.trust()
    kernel = project.kernel()
    project.write("tools/shout.py", MARK + SHOUT.replace("upper", "lower"))
    found = kernel.plugins.get("tool", "shout")
    assert found(text="Hi") == "HI"
    assert not (project.folder / "tools/shout.ran").exists()


def test_listing_imports_nothing_of_a_trusted_project_either(project: Project) -> None:
    file = project.write("tools/shout.py", MARK + SHOUT)
    project.trust()
    kernel = project.kernel()
    assert "shout" in kernel.plugins.names("tool")
    assert not file.with_suffix(".ran").exists()
    kernel.plugins.get("tool", "shout")
    assert file.with_suffix(".ran").exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "from llmspell.tools import tool\n@tool\ndef one() -> str: ...\n@tool()\nasync def two_() -> str: ...",
            "one two",
        ),
        ('from llmspell.tools import tool as t\n@t(name="other")\ndef one() -> str: ...', "other"),
        ("import llmspell.tools\n@llmspell.tools.tool\ndef one() -> str: ...", "one"),
        ("from llmspell import tools\n@tools.tool\ndef one() -> str: ...", "one"),
        ("from llmspell.tools import tool\ndef f() -> str: ...\nx = tool(f)\ny = tool(name='g')(f)", "f g"),
        (
            "from llmspell.tool import Tool\nclass A(Tool):\n    name = 'a'\n    description = 'An a.'\n"
            "    parameters = {'type': 'object'}\n    def run(self, arguments, context): return 1\na = A()",
            "a",
        ),
        ("from llmspell.tools import tool\n@tool\ndef one() -> str: ...\ndef two() -> str: ...", "one"),
    ],
)
def test_names_are_read_from_the_text_and_are_those_of_the_module(project: Project, text: str, names: str) -> None:
    project.write("tools/some.py", text)
    project.trust()
    assert list(project.offered()) == names.split()
    assert [project.find(name).name for name in names.split()] == names.split()


def test_files_that_are_none_of_ours_are_left_alone(project: Project) -> None:
    project.write("tools/build.py", "import sys\nsys.exit(1)\n")
    project.write("tools/_shared.py", SHOUT)
    project.write("tools/.hidden.py", SHOUT)
    project.write("tools/notes.txt", "llmspell")
    project.write("tools/deep/shout.py", SHOUT)
    assert project.offered() == {}
    assert project.load().withheld == ()


BROKEN = {
    "syntax": ("import llmspell\ndef f(:\n", r"^tools/some\.py:2 does not load: SyntaxError: invalid syntax$"),
    "nul": ("import llmspell\0", r"^tools/some\.py does not load: (ValueError|SyntaxError): "),
    "deep": ("llmspell = " + "(" * 5000 + ")" * 5000, r"^tools/some\.py(:1)? does not load: "),
    "name error": (SHOUT + "\nlost\n", r"^tools/some\.py:9 does not load: NameError: name 'lost' is not defined$"),
    "import": ("import llmspell\nimport lost_module_x\n", r"^tools/some\.py:2 does not load: ModuleNotFoundError: "),
    "exit": (SHOUT + "raise SystemExit(3)\n", r"^tools/some\.py:8 does not load: SystemExit: 3$"),
    "no tool": ("import llmspell\n", r"^tools/some\.py does not load: it mentions llmspell, and has no tool; "),
    "twice": (SHOUT + SHOUT, r"^tools/some\.py does not load: it has two tools named 'shout'$"),
    "hidden": (
        SHOUT + "made = [shout]\nother = tool(name='x' + 'y')(shout.function)\n",
        r"'xy' cannot be read from its text",
    ),
    "bad name": (SHOUT.replace("quick=True", "name='a b'"), r"'a b' is not a tool name; use letters"),
    "metadata": (SHOUT.replace("quick", "quik"), r"^tools/some\.py:4 does not load: @tool knows no 'quik'$"),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_broken_file_names_itself_and_stops_nothing_else(project: Project, what: str) -> None:
    text, message = BROKEN[what]
    project.write("tools/some.py", text)
    project.write("tools/good.py", SHOUT.replace("shout", "good"))
    project.trust()
    [name] = [name for name, place in project.offered().items() if place == "tools/some.py"]
    with pytest.raises(BrokenFile, match=message) as caught:
        project.find(name)
    assert caught.value.hint == "correct it, or switch it off with LLMSPELL_BLOCK=tools/some.py"
    assert caught.value.kind == "plugin"
    assert await project.call("good", text="hi") == "HI"


def test_a_file_that_cannot_be_read_is_broken_and_soon(project: Project) -> None:
    os.mkfifo(project.write("tools/good.py", SHOUT).with_name("pipe.py"))
    project.write("tools/large.py", "#" * (LARGEST + 1))
    (project.folder / "tools/lost.py").symlink_to(project.folder / "nowhere.py")
    project.trust()
    for name, message in (
        ("pipe", r"^tools/pipe\.py does not load: it is not a regular file$"),
        ("large", rf"^tools/large\.py does not load: it has more than {LARGEST} bytes$"),
        ("lost", r"^tools/lost\.py does not load: it cannot be read: No such file or directory$"),
    ):
        with pytest.raises(BrokenFile, match=message):
            project.find(name)


def test_a_folder_with_very_many_files_is_not_looked_at(project: Project) -> None:
    for number in range(MOST + 1):
        project.write(f"tools/{number}.py", "")
    project.trust()
    with pytest.raises(BrokenFile, match=rf"^tools does not load: it has {MOST + 1} Python files, and at most {MOST}"):
        project.find("tools")


def test_a_name_that_is_taken_is_a_conflict(project: Project) -> None:
    project.write("tools/mine.py", SHOUT.replace("shout", "calculator"))
    project.write("tools/yours.py", SHOUT)
    project.write("tools/shout.py", SHOUT)
    project.trust()
    with pytest.raises(AmbiguousPlugin, match=r"^tool 'calculator' is offered by .* and tools/mine\.py$") as caught:
        project.find("calculator")
    assert caught.value.hint.endswith("block = ['tools/mine.py']")
    with pytest.raises(AmbiguousPlugin, match=r"^tool 'shout' is offered by tools/shout\.py and tools/yours\.py$"):
        project.find("shout")
    project.environ["LLMSPELL_BLOCK"] = "tools/mine.py tools/yours.py"
    assert project.find("shout").name == "shout"
    assert project.find("calculator").category != "text"


async def test_a_spell_cannot_define_a_tool_of_the_same_name(project: Project) -> None:
    project.write("tools/shout.py", SHOUT)
    project.write("main.lua", 'Tool.define{ name = "shout", run = function() end }')
    ended = await project.cast("main.lua")
    assert isinstance(ended.error, LlmspellError)
    assert ended.error.kind == "conflict"


def test_classes_of_a_file_know_their_module(project: Project) -> None:
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom llmspell.tools import tool\n"
        "@dataclass\nclass Point:\n    x: int\n    y: int = 0\n\n"
        "@tool\ndef total(point: Point) -> int:\n    '''Adds both.'''\n    return point.x + point.y\n"
    )
    project.write("tools/total.py", text)
    project.trust()
    schema: Any = project.find("total").parameters["properties"]["point"]
    assert schema["required"] == ["x"]


def test_a_project_without_such_a_folder_has_none(project: Project) -> None:
    project.write("tools", "llmspell")
    with pytest.raises(UnknownPlugin):
        project.find("shout")
