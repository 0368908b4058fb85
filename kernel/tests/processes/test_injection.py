"""Which words may start a program is the pattern's business: what patterns stop, and what they let through.

A pattern compares words. It does not know which of them a program takes for an order, so whoever grants `**`, or a `*`
where a program looks for options, grants what the program's options can do. Those cases are here too, as `open`: they
are no promise that it works, but a warning that it does.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llmspell.errors import PermissionDenied

from .ground import PYTHON, Ground

STOPPED = {
    "git-upload-pack": ("git log **", ["git", "ls-remote", "--upload-pack=touch canary", "."]),
    "git-option-before-the-command": ("git log **", ["git", "-c", "alias.x=!touch canary", "x"]),
    "git-exec-path": ("git log **", ["git", "--exec-path=/tmp", "log"]),
    "git-output-when-words-are-fixed": ("git log --oneline", ["git", "log", "--oneline", "--output=canary"]),
    "find-exec": ("find . -name *", ["find", ".", "-name", "*", "-exec", "touch", "canary", ";"]),
    "tar-checkpoint-action": ("tar -tf *", ["tar", "-tf", "a", "--checkpoint=1", "--checkpoint-action=exec=sh"]),
    "python-c": (f"{PYTHON} /opt/report.py", [PYTHON, "-c", "open('canary', 'w')"]),
    "python-c-after-the-script": (f"{PYTHON} /opt/report.py", [PYTHON, "/opt/report.py", "-c", "open('canary', 'w')"]),
    "sed-e": ("sed -n 1p *", ["sed", "-n", "1e touch canary", "/etc/hostname"]),
    "awk-system": ("awk {print} *", ["awk", 'BEGIN{system("touch canary")}', "/dev/null"]),
    "env": ("git log **", ["env", "git", "log"]),
    "xargs": ("grep **", ["xargs", "touch", "canary"]),
    "shell": ("git log **", ["sh", "-c", "git log; touch canary"]),
    "one-word-for-two": ("git log **", ["git log"]),
    "two-words-for-one": ("git log", ["git", "l", "og"]),
    "sort-output": ("sort -- *", ["sort", "--output=canary", "/dev/null"]),
    "absolute-for-bare": ("touch **", ["/usr/bin/touch", "canary"]),
    "bare-for-absolute": ("/usr/bin/touch **", ["touch", "canary"]),
    "another-case": ("touch **", ["TOUCH", "canary"]),
}


@pytest.mark.parametrize(("pattern", "argv"), STOPPED.values(), ids=STOPPED.keys())
async def test_a_pattern_stops(ground: Callable[..., Ground], pattern: str, argv: list[str]) -> None:
    place = ground(pattern)
    with pytest.raises(PermissionDenied, match=r"run of .* is not allowed in profile 'medium'") as caught:
        await place.run(*argv)
    assert caught.value.hint.startswith("run again with --allow-run=")
    assert not place.canary.exists()
    assert not place.events("process.*")


OPEN = {
    "git-output": ("git diff **", ["git", "diff", "--no-index", "--output=canary", "/dev/null", "/etc/hostname"]),
    "git-alias": ("git **", ["git", "-c", "alias.x=!touch canary", "x"]),
    "find-exec": ("find **", ["find", ".", "-maxdepth", "0", "-exec", "touch", "canary", ";"]),
    "tar-checkpoint-action": (
        "tar -cf **",
        ["tar", "-cf", "/dev/zero", "--checkpoint=1", "--checkpoint-action=exec=touch canary", "/etc/hostname"],
    ),
    "python-c": (f"{PYTHON} **", [PYTHON, "-I", "-S", "-c", "open('canary', 'w')"]),
    "sed-e": ("sed -n *", ["sed", "-n", "--expression=1e touch canary"]),
    "awk-system": ("awk *", ["awk", 'BEGIN{system("touch canary")}']),
    "env": ("env **", ["env", "touch", "canary"]),
    "xargs": ("xargs **", ["xargs", "touch", "canary"]),
    "sort-output": ("sort *", ["sort", "--output=canary"]),
}


@pytest.mark.parametrize(("pattern", "argv"), OPEN.values(), ids=OPEN.keys())
async def test_a_pattern_leaves_open(ground: Callable[..., Ground], pattern: str, argv: list[str]) -> None:
    place = ground(pattern)
    await place.run(*argv, stdin=b"a\n")
    assert place.canary.exists()


@pytest.mark.parametrize(
    ("denied", "argv"),
    {
        "bare": ("touch", ["touch", "canary"]),
        "absolute": ("touch", ["/usr/bin/touch", "canary"]),
        "absolute-denied": ("/usr/bin/touch", ["touch", "canary"]),
        "further-words": ("git log", ["git", "log", "--output=canary"]),
    }.values(),
    ids=["bare", "absolute", "absolute-denied", "further-words"],
)
async def test_a_denial_wins_over_everything(ground: Callable[..., Ground], denied: str, argv: list[str]) -> None:
    place = ground("**", deny=[denied])
    with pytest.raises(PermissionDenied, match=rf"is denied by '{denied}' \(flag\)"):
        await place.run(*argv)
    assert not place.canary.exists()


async def test_a_link_does_not_free_a_denied_program(ground: Callable[..., Ground]) -> None:
    place = ground("**", deny=["touch"])
    link = place.project / "harmless"
    link.symlink_to("/usr/bin/touch")
    with pytest.raises(PermissionDenied, match=r"'.*harmless' may not be started: it is '/usr/bin/touch', which is"):
        await place.run(str(link), "canary")
    assert not place.canary.exists()


@pytest.mark.parametrize("profile", ["low", "medium", "high"])
async def test_no_profile_lets_a_program_start_by_itself(ground: Callable[..., Ground], profile: str) -> None:
    place = ground(profile=profile, read=["."])
    with pytest.raises(PermissionDenied, match=f"run of 'git log -1' is not allowed in profile '{profile}'") as caught:
        await place.run("git", "log", "-1")
    assert caught.value.hint == "run again with --allow-run='git log -1'"
    assert caught.value.kind == "permission"
