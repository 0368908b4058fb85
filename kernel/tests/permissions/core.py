"""The promises of decisions, the gate and files, each as a function that fails when it is broken.

`test_mutants` breaks them, and those of `core_user`. Nothing of llmspell is imported above the functions, so that each of them meets the engine as it is at the time.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BASE = Path("/project")


def decide(
    kind: str,
    target: Any,
    allow: dict[str, list[str]] | None = None,
    deny: dict[str, list[str]] | None = None,
    *bounds: dict[str, list[str]],
    profile: str = "high",
) -> bool:
    """Whether a policy of one layer, held to the bounds, allows a target."""
    from llmspell.permissions import PROFILES, Grants, Policy

    layer = Grants.of(allow or {}, deny, origin="layer", base=BASE)
    held = [Grants.of(bound, origin="bound", base=BASE) for bound in bounds]
    return Policy(PROFILES[profile], [layer], base=BASE).narrowed(*held).decide(kind, target).allowed


@contextmanager
def opened(profile: str = "high", **allow: list[str]) -> Iterator[Any]:
    """A run in an empty project folder."""
    from llmspell.config import LoadedConfig, Settings
    from llmspell.kernel import Kernel, RunOptions
    from llmspell.permissions import Grants
    from llmspell.plugins import Plugins

    with tempfile.TemporaryDirectory() as folder:
        project = Path(os.path.realpath(folder))
        loaded = LoadedConfig(project=project)
        granted = {kind.replace("_", "."): patterns for kind, patterns in allow.items()}
        options = RunOptions(profile=profile, permissions=(Grants.of(granted, origin="flag", base=project),))
        kernel = Kernel(loaded, environ={}, plugins=Plugins(Settings(loaded, {}), entries=()))
        yield kernel.open_run(options)


def denied(work: Callable[[], object]) -> bool:
    """Whether the work is refused."""
    from llmspell.errors import PermissionDenied

    try:
        work()
    except PermissionDenied:
        return True
    return False


def tool(function: Callable[[Any], object], name: str = "spy", needs: tuple[str, ...] = ()) -> Any:
    """A tool that does something with its context."""
    from llmspell.tool import Tool

    class Spy(Tool):
        description = "Does what the test wants."
        parameters: Any = {"type": "object"}
        quick = True

        def run(self, arguments: dict[str, Any], context: Any) -> Any:
            return function(context)

    Spy.name, Spy.needs = name, needs
    return Spy()


def called(run: Any, *tools: Any) -> bool:
    """Whether the first tool may be called, and inside it the next, and so on."""

    def inside(context: Any, rest: tuple[Any, ...]) -> Any:
        return context.call_tool(rest[0], {})

    async def go() -> object:
        return await run.call_tool(tools[0], {})

    return not denied(lambda: asyncio.run(go()))


def what_nobody_names_is_denied() -> None:
    assert not decide("net", "a.org")


def what_is_allowed_is_allowed() -> None:
    assert decide("net", "a.org", {"net": ["a.org"]})


def denial_wins() -> None:
    assert not decide("net", "a.org", {"net": ["*"]}, {"net": ["a.org"]})


def a_bound_shrinks() -> None:
    assert not decide("tools", "u", {"tools": ["*"]}, {}, {"tools": ["t"]})
    assert decide("tools", "t", {"tools": ["*"]}, {}, {"tools": ["t"]})


def a_bound_does_not_widen() -> None:
    assert not decide("tools", "t", {}, {}, {"tools": ["*"]})


def an_empty_bound_leaves_nothing() -> None:
    assert not decide("tools", "t", {"tools": ["*"]}, {}, {"tools": []})


def the_inner_of_two_bounds_counts() -> None:
    assert not decide("tools", "u", {"tools": ["*"]}, {}, {"tools": ["*"]}, {"tools": ["t"]})


def the_outer_of_two_bounds_counts() -> None:
    assert not decide("tools", "u", {"tools": ["*"]}, {}, {"tools": ["t"]}, {"tools": ["*"]})


def a_bound_may_deny() -> None:
    from llmspell.permissions import PROFILES, Grants, Policy

    held = Grants.of({}, {"tools": ["u"]}, origin="bound", base=BASE)
    assert not Policy(PROFILES["medium"], base=BASE).narrowed(held).decide("tools", "u").allowed


def an_unsettled_path_is_denied() -> None:
    assert not decide("fs.read", "/project/../etc/passwd", {"fs.read": ["/**"]})
    assert not decide("fs.read", "data", {"fs.read": ["/**"]})


def a_path_is_no_prefix_of_letters() -> None:
    assert not decide("fs.read", "/project/database", {"fs.read": ["data"]})
    assert decide("fs.read", "/project/data/x", {"fs.read": ["data"]})


def a_star_stays_in_its_folder() -> None:
    assert not decide("fs.read", "/project/a/b.csv", {"fs.read": ["*.csv"]})


def a_pattern_of_paths_does_not_climb() -> None:
    from llmspell.errors import UsageError

    try:
        decide("fs.read", "/etc/passwd", {"fs.read": ["../etc"]})
    except UsageError:
        return
    raise AssertionError


def a_subdomain_is_not_the_apex() -> None:
    assert not decide("net", "badexample.com", {"net": ["*.example.com"]})
    assert not decide("net", "example.com", {"net": ["*.example.com"]})


def a_port_counts() -> None:
    assert not decide("net", "a.org:80", {"net": ["a.org:443"]})
    assert not decide("net", "a.org", {"net": ["a.org:443"]})


def a_denied_port_that_is_not_known_is_denied() -> None:
    assert not decide("net", "a.org", {"net": ["*"]}, {"net": ["a.org:443"]})


def an_address_in_disguise_is_the_address() -> None:
    assert not decide("net", "[::ffff:10.0.0.1]:1", {"net": ["*"]}, {"net": ["10.0.0.0/8"]})
    assert not decide("net", "2130706433", {"net": ["*"]})
    assert not decide("net", "A.ORG.", {"net": ["*"]}, {"net": ["a.org"]})


def a_command_is_compared_to_its_end() -> None:
    assert not decide("run", ("git", "log", "x"), {"run": ["git log"]})
    assert not decide("run", ("git", "push"), {"run": ["git log **"]})
    assert not decide("run", ("/tmp/git", "log"), {"run": ["git log **"]})


def a_denied_command_is_denied_with_more_words_and_elsewhere() -> None:
    assert not decide("run", ("rm", "-rf"), {"run": ["**"]}, {"run": ["rm"]})
    assert not decide("run", ("/bin/rm",), {"run": ["**"]}, {"run": ["rm"]})


def a_tool_is_checked_by_name() -> None:
    with opened(tools=["other"]) as run:
        assert not called(run, tool(lambda _: 1))


def a_tool_is_checked_by_what_it_needs() -> None:
    with opened("medium") as run:
        assert not called(run, tool(lambda _: 1, needs=("net",)))


def a_part_is_held_to_its_bounds_by_the_gate() -> None:
    from llmspell.permissions import Grants

    held = Grants.of({"tools": ["outer"]}, origin="call", base=BASE)
    with opened("medium") as run:
        outer = tool(lambda context: context.call_tool(tool(lambda _: 1, "inner"), {}), "outer")

        async def go() -> object:
            return await run.call_tool(outer, {}, permissions=held)

        assert denied(lambda: asyncio.run(go()))


def bounds_reach_what_is_further_below() -> None:
    from llmspell.permissions import Grants

    held = Grants.of({"tools": ["outer", "middle"]}, origin="call", base=BASE)
    with opened("medium") as run:
        middle = tool(lambda context: context.call_tool(tool(lambda _: 1, "inner"), {}), "middle")
        outer = tool(lambda context: context.call_tool(middle, {}, held), "outer")

        async def go() -> object:
            return await run.call_tool(outer, {}, permissions=held)

        assert denied(lambda: asyncio.run(go()))


def a_file_is_checked_where_it_really_is() -> None:
    with opened(fs_read=["open"], tools=["*"]) as run:
        for name in ("open", "shut"):
            (run.project / name).mkdir()
            (run.project / name / "file").write_text(name)
        (run.project / "open" / "link").symlink_to("../shut/file")
        assert run.files.read_text("open/file") == "open"
        assert denied(lambda: run.files.read_text("shut/file"))
        assert denied(lambda: run.files.read_text("open/../shut/file"))
        assert denied(lambda: run.files.read_text("open/link"))


def a_denied_file_in_an_open_folder_is_denied() -> None:
    from llmspell.permissions import PROFILES, Grants, Policy

    with opened("medium") as run:
        (run.project / ".env").write_text("KEY=1")
        (run.project / "link").symlink_to(".env")
        layer = Grants.of({}, {"fs.read": ["**/.env"]}, origin="deny", base=run.project)
        run.policy = Policy(PROFILES["medium"], [layer], base=run.project)
        assert denied(lambda: run.files.read_text(".env"))
        assert denied(lambda: run.files.read_text("link"))


def a_swapped_link_leads_nowhere_else() -> None:
    with opened(fs_read=["data", "link"], tools=["*"]) as run:
        link, opens = run.project / "link", os.open
        for name in ("data", "secret"):
            (run.project / name).mkdir()
            (run.project / name / "file").write_text(name)
        link.symlink_to("data")

        def swapping(path: Any, *arguments: Any, **options: Any) -> int:
            swapped = str(path) == str(link)
            if swapped:
                link.unlink()
                link.symlink_to("secret")
            try:
                return opens(path, *arguments, **options)
            finally:
                if swapped:
                    link.unlink()
                    link.symlink_to("data")

        files = run.files
        os.open = swapping
        try:
            assert denied(lambda: files.read_text(link / "file"))
        finally:
            os.open = opens


def nobody_learns_whether_a_denied_file_exists() -> None:
    with opened(fs_read=["open/file"], tools=["*"]) as run:
        (run.project / "open").mkdir()
        (run.project / "open" / "secret").write_text("x")
        for name in ("open/secret", "open/nothing"):
            assert denied(lambda name=name: run.files.read_text(name))  # type: ignore[misc]


def nobody_learns_by_detours_whether_a_denied_file_exists() -> None:
    with opened(fs_read=["open"], tools=["*"]) as run:
        (run.project / "open").mkdir()
        (run.project / "shut" / "folder").mkdir(parents=True)
        (run.project / "open" / "link").symlink_to("../shut/nothing")
        for name in ("open/../shut/nothing", "open/link", "open/../shut/folder", "open/../shut/folder/x/y"):
            assert denied(lambda name=name: run.files.read_text(name))  # type: ignore[misc]


def a_near_name_that_is_denied_is_not_told() -> None:
    from llmspell.errors import LlmspellError

    with opened(fs_read=["open/fil"], tools=["*"]) as run:
        (run.project / "open").mkdir()
        (run.project / "open" / "file").write_text("x")
        with pytest.raises(LlmspellError) as raised:
            run.files.read_text("open/fil")
        assert "file'" not in raised.value.hint


def promises(names: dict[str, Any]) -> dict[str, Callable[[], None]]:
    """Those of a module's functions that are promises: they take nothing and say nothing."""
    return {
        name: value
        for name, value in names.items()
        if getattr(value, "__annotations__", None) == {"return": "None"} and not name.startswith("_")
    }


CASES = promises(globals())
