"""Tools reach files, servers and programs through their context, and in no other way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(ROOT.glob("plugins/tools/*/src/**/*.py"))

# Modules whose business is to reach something, or to run what is data.
REACHING = {
    *("os", "shutil", "tempfile", "glob", "fileinput", "mmap", "fcntl", "pty", "signal", "multiprocessing"),
    *("socket", "socketserver", "ssl", "selectors", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "nntplib"),
    *("http.client", "http.server", "urllib.request", "urllib3", "httpx", "requests", "aiohttp", "xmlrpc"),
    *("subprocess", "asyncio.subprocess", "webbrowser", "ctypes", "pickle", "shelve", "marshal", "dbm", "importlib"),
    *("runpy", "code", "codeop", "pdb", "pathlib"),
}
# What has a path is no file.
HARMLESS = {("pathlib", "PurePath"), ("pathlib", "PurePosixPath")}
CALLS = {"open", "eval", "exec", "compile", "__import__", "input", "breakpoint"}
METHODS = {
    *("open_connection", "open_unix_connection", "create_connection", "start_server", "create_subprocess_exec"),
    *("create_subprocess_shell", "getaddrinfo", "read_text", "read_bytes", "write_text", "write_bytes", "extractall"),
}
# Libraries that take a path as well as an open file: what they get is made in memory, by one of the second.
OPENERS = {"ZipFile", "TarFile", "PdfReader", "GzipFile", "BZ2File", "LZMAFile"}
IN_MEMORY = {"BytesIO", "StringIO"}

ALLOWED = {
    # An exception raised in the thread of a library that looks at no deadline.
    ("documents", "deadline.py", "ctypes"),
    # The fonts that come with the package.
    ("graph", "png.py", "importlib.resources"),
    # Of a place that the guard led to, in a descriptor; there is no other way to ask how full it is.
    ("system", "disk_usage.py", "os"),
    # The machine itself: how many processors it has, how much memory.
    ("system", "system_info.py", "os"),
}


def found(path: Path) -> Iterator[tuple[int, str]]:
    """What a file uses that reaches something: the line, and its name."""
    tree = ast.parse(path.read_text())
    in_memory = set(_made_in_memory(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if _reaches(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level and _reaches(node.module):
            yield from ((node.lineno, node.module) for each in node.names if (node.module, each.name) not in HARMLESS)
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in _called(node, in_memory))


def _reaches(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in REACHING)


def _called(call: ast.Call, in_memory: set[str]) -> Iterator[str]:
    function = call.func
    if isinstance(function, ast.Name) and function.id in CALLS:
        yield function.id
    if isinstance(function, ast.Attribute) and function.attr in METHODS and not _of_context(function.value):
        yield f".{function.attr}"
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if name in OPENERS and call.args and ast.unparse(call.args[0]) not in in_memory and not _is_made(call.args[0]):
        yield f"{name}({ast.unparse(call.args[0])})"


def _of_context(value: ast.expr) -> bool:
    """Whether it is the context's, or one of the guards that it gives, by the names that tools call them."""
    text = ast.unparse(value)
    return text.startswith("context.") or text in {"files", "writing", "self._files", "self._writing"}


def _made_in_memory(tree: ast.Module) -> Iterator[str]:
    """The names of a file that are bound to what is made in memory."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_made(node.value):
            yield from map(ast.unparse, node.targets)
        elif isinstance(node, ast.withitem) and _is_made(node.context_expr) and node.optional_vars is not None:
            yield ast.unparse(node.optional_vars)


def _is_made(value: ast.expr) -> bool:
    made = value.func if isinstance(value, ast.Call) else None
    name = made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else ""
    return name in IN_MEMORY


def test_there_are_tools_to_check() -> None:
    assert len({path.relative_to(ROOT).parts[2] for path in SOURCES}) >= 9


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "plugins" / "tools")))
def test_a_tool_reaches_nothing_but_through_its_context(path: Path) -> None:
    pack = path.relative_to(ROOT).parts[2]
    assert [each for each in found(path) if (pack, path.name, each[1]) not in ALLOWED] == []


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import path",
        "import urllib.request",
        "from pathlib import Path",
        "open('x')",
        "asyncio.open_connection('host', 1)",
        "zipfile.ZipFile(name)",
        "name = str(x)\nzipfile.ZipFile(name)",
        "PdfReader('x.pdf')",
        "Path(name).read_text()",
        "__import__('os')",
    ],
)
def test_what_reaches_something_is_seen(line: str, tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text(line)
    assert list(found(tmp_path / "tool.py"))


@pytest.mark.parametrize(
    "line",
    [
        "from pathlib import PurePosixPath",
        "import urllib.parse",
        "context.files.read_text(path)",
        "zipfile.ZipFile(io.BytesIO(content))",
        "packed = io.BytesIO()\nzipfile.ZipFile(packed, 'w')",
        "re.compile('x')",
    ],
)
def test_what_reaches_nothing_is_let_be(line: str, tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text(line)
    assert list(found(tmp_path / "tool.py")) == []
