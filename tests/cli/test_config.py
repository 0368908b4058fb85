"""`llmspell config`, as a process: what each command prints, writes and refuses."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import environment

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

COMMENTED = '# mine\n[budget] # small\ntokens = 5000  # enough\n\n[run]\nmodel = "offline/x"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "llmspell.toml"
    path.write_text(COMMENTED)
    return path


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("budget.tokens",), "5000\n"),
        (("run.model",), "offline/x\n"),
        (("run.model", "--json"), '"offline/x"\n'),
        (("budget.cost",), "(none)\n"),
        (("plugins",), "{block = []}\n"),
        (("budget.steps", "--set", "budget.steps=7"), "7\n"),
        (("provider.openai.api_key", "--set", "provider.openai.api_key=hunter22"), "[redacted]\n"),
        (("provider", "--set", "provider.openai.api_key=hunter22", "--json"), '{"openai": {"api_key": "[redacted]"}}\n'),
    ],
)  # fmt: skip
def test_get_prints_one_value(llmspell: Llmspell, file: Path, words: tuple[str, ...], printed: str) -> None:
    ended = llmspell("config", "get", *words)
    assert (ended.returncode, ended.stdout) == (0, printed), ended.stderr


def test_get_of_nothing_names_what_is_near(llmspell: Llmspell) -> None:
    ended = llmspell("config", "get", "budget.tokns")
    assert (ended.returncode, ended.stderr) == (
        2,
        "error: nothing is set at 'budget.tokns': there is no 'tokns'\nhint: did you mean 'tokens'?\n",
    )


def test_set_changes_one_value_and_keeps_the_rest(llmspell: Llmspell, file: Path) -> None:
    ended = llmspell("config", "set", "budget.tokens", "7000")
    assert (ended.returncode, ended.stderr) == (0, "set budget.tokens in llmspell.toml\n")
    assert file.read_text() == COMMENTED.replace("5000", "7000")


def test_set_begins_a_file_where_there_is_none(llmspell: Llmspell, tmp_path: Path) -> None:
    assert llmspell("config", "set", "run.model", "offline/x").returncode == 0
    assert (tmp_path / "llmspell.toml").read_text() == '[run]\nmodel = "offline/x"\n'


def test_set_user_writes_to_the_users_file(llmspell: Llmspell, tmp_path: Path) -> None:
    own = tmp_path / "own"
    assert llmspell("config", "set", "--user", "budget.steps", "3", LLMSPELL_CONFIG_HOME=str(own)).returncode == 0
    assert (own / "config.toml").read_text() == "[budget]\nsteps = 3\n"


@pytest.mark.parametrize(("name", "text"), [("llmspell.yaml", "# mine\nbudget:\n  tokens: 5000 # enough\n"), ("llmspell.json", '{"budget": {"tokens": 5000}}')])  # fmt: skip
def test_set_keeps_the_format_of_the_file(llmspell: Llmspell, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert llmspell("config", "set", "budget.tokens", "7000").returncode == 0
    assert (tmp_path / name).read_text() == text.replace("5000", "7000")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("budget.tokens", "many"), "llmspell.toml:3: `budget.tokens` must be an integer, found 'many'"),
        (("budget.tokns", "5"), "llmspell.toml:4: `budget.tokns` is not known; did you mean 'tokens'?"),
        (("schedule.daily", "x"), "`schedule` is reserved for runs at set times"),
        (("tool.calculatr.x", "1"), "no tool named 'calculatr' is installed; did you mean 'calculator'?"),
        (("prompts.a", "{{> b}}"), "there is no template named 'b'"),
        (("permissions.nett", '["x"]'), "nett"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_set_writes_nothing_that_is_wrong(llmspell: Llmspell, file: Path, words: tuple[str, str], problem: str) -> None:
    ended = llmspell("config", "set", *words)
    assert ended.returncode == 3
    assert problem in ended.stderr
    assert file.read_text() == COMMENTED


@pytest.mark.parametrize(
    "words",
    [("provider.openai.api_key", "hunter22"), ("provider.openai.header", "Bearer abcdefgh12345678"),
     ("provider.openai", '{api_key = "hunter22"}'), ('tool."client_secret"', "hunter22")],
    ids=["name", "shape", "inside", "quoted"],
)  # fmt: skip
def test_set_refuses_a_secret_and_does_not_repeat_it(llmspell: Llmspell, file: Path, words: tuple[str, str]) -> None:
    ended = llmspell("config", "set", *words)
    assert ended.returncode == 2
    assert "hint: type `llmspell keys set NAME` and then the key" in ended.stderr
    assert "hunter22" not in ended.stderr + file.read_text()


def test_set_says_when_something_else_wins(llmspell: Llmspell, file: Path) -> None:
    ended = llmspell("config", "set", "budget.tokens", "7000", LLMSPELL_BUDGET__TOKENS="1")
    assert "note: LLMSPELL_BUDGET__TOKENS sets it too, and wins" in ended.stderr


def test_set_says_when_the_project_is_not_trusted(llmspell: Llmspell, file: Path) -> None:
    ended = llmspell("config", "set", "permissions.net", '["example.com"]')
    assert (ended.returncode, ended.stderr) == (
        0,
        "set permissions.net in llmspell.toml\n"
        "note: this project is not trusted, so it is left out; to change that, type: llmspell trust\n",
    )


def test_set_follows_a_link_and_keeps_the_permissions(llmspell: Llmspell, file: Path) -> None:
    target = file.with_name("real.toml")
    file.rename(target)
    target.chmod(0o640)
    file.symlink_to(target.name)
    assert llmspell("config", "set", "budget.tokens", "7000").returncode == 0
    assert file.is_symlink()
    assert ("7000" in target.read_text(), target.stat().st_mode & 0o777) == (True, 0o640)
    assert sorted(path.name for path in file.parent.iterdir()) == ["llmspell.toml", "real.toml"]


def test_set_does_not_choose_between_two_formats(llmspell: Llmspell, file: Path) -> None:
    file.with_suffix(".json").write_text("{}")
    ended = llmspell("config", "set", "budget.tokens", "1")
    assert (ended.returncode, ended.stderr) == (3, "error: llmspell.toml and llmspell.json lie side by side: keep one of them\n")  # fmt: skip


def test_validate_tells_everything_at_once(llmspell: Llmspell, file: Path) -> None:
    file.write_text(
        '[budget]\ntokens = "x"\n[tool.calculatr]\n[provider.openai]\nmodls = ["x"]\n[hooks]\nenabled = ["nope"]\n'
        '[prompts]\na = "{{> b}}"\n[schedule]\n'
    )
    ended = llmspell("config", "validate")
    assert ended.returncode == 3
    for problem in (
        "llmspell.toml:2: `budget.tokens` must be an integer, found 'x'",
        "llmspell.toml:3: no tool named 'calculatr' is installed; did you mean 'calculator'?",
        "llmspell.toml:5: `provider.openai.modls` is not known; did you mean 'models'?",
        "llmspell.toml:7: `hooks.enabled`: no hook named 'nope' is installed",
        "llmspell.toml:9: there is no template named 'b'",
        "llmspell.toml:10: `schedule` is reserved for runs at set times",
    ):
        assert f"error: {problem}" in ended.stderr


def test_validate_says_that_all_is_well(llmspell: Llmspell, file: Path) -> None:
    ended = llmspell("config", "validate")
    assert (ended.returncode, ended.stderr) == (0, f"the configuration of {file.parent} is valid\n")


def test_schema_is_printed_or_written(llmspell: Llmspell, tmp_path: Path) -> None:
    printed = llmspell("config", "schema").stdout
    assert json.loads(printed)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert llmspell("config", "schema", "--out", "schemas/s.json").returncode == 0
    assert (tmp_path / "schemas" / "s.json").read_text() == printed


def test_init_asks_only_on_a_terminal(llmspell: Llmspell, tmp_path: Path) -> None:
    ended = llmspell("config", "init")
    assert (ended.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "hint: type: llmspell config init --yes" in ended.stderr


def test_init_yes_takes_the_defaults_and_never_overwrites(llmspell: Llmspell, tmp_path: Path) -> None:
    assert llmspell("config", "init", "--yes").returncode == 0
    assert llmspell("config", "validate").returncode == 0
    before = (tmp_path / "llmspell.toml").read_text()
    ended = llmspell("config", "init", "--yes")
    assert (ended.returncode, (tmp_path / "llmspell.toml").read_text()) == (3, before)
    assert "llmspell.toml exists already" in ended.stderr


def test_init_does_not_put_a_second_format_beside_the_first(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.yaml").write_text("")
    assert "llmspell.yaml exists already" in llmspell("config", "init", "--yes").stderr


def on_a_terminal(folder: Path, *words: str, typed: str, **extra: str) -> tuple[int, str]:
    """What a command does on a terminal where this is typed: its exit code, and what is seen."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "llmspell", *words]
    with subprocess.Popen(
        command, cwd=folder, env=environment(**extra), stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        seen = b""
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:  # the other side is closed
            pass
        code = process.wait(timeout=60)
    os.close(ours)
    return code, seen.decode()


def test_init_asks_for_provider_model_and_profile(llmspell: Llmspell, tmp_path: Path) -> None:
    code, seen = on_a_terminal(tmp_path, "config", "init", typed="offline\n\nhigh\n")
    assert code == 0, seen
    text = (tmp_path / "llmspell.toml").read_text()
    assert '\n[run]\nmodel = "offline/extractive"  # ' in text
    assert '\nprofile = "high"  # ' in text
    assert llmspell("config", "get", "run.profile").stdout == "high\n"


def test_migrate_renames_keeps_a_backup_and_is_done_then(llmspell: Llmspell, file: Path) -> None:
    old = "# mine\n[run] # why\ntimeout = 5 # seconds\n"
    file.write_text(old)
    assert (
        "`run.timeout` is called `run.model_timeout` now; type: llmspell config migrate"
        in llmspell("config", "show").stderr
    )
    ended = llmspell("config", "migrate")
    assert (ended.returncode, ended.stderr) == (
        0,
        "llmspell.toml: `run.timeout` is now `run.model_timeout`; `config_version` is now 2; "
        "the old text is in llmspell.toml.bak\n",
    )
    assert file.read_text() == "config_version = 2\n" + old.replace("timeout", "model_timeout")
    assert file.with_name("llmspell.toml.bak").read_text() == old
    assert llmspell("config", "get", "run.model_timeout").stdout == "5.0\n"
    assert llmspell("config", "migrate").stderr == "everything is up to date\n"


def test_migrate_reaches_included_files_and_never_overwrites_a_backup(llmspell: Llmspell, file: Path) -> None:
    file.write_text('config_version = 1\ninclude = ["more.yaml"]\n')
    more = file.with_name("more.yaml")
    more.write_text("config_version: 1\nrun:\n  timeout: 5\n")
    file.with_name("llmspell.toml.bak").write_text("precious")
    ended = llmspell("config", "migrate")
    assert ended.returncode == 0, ended.stderr
    assert more.read_text() == "config_version: 2\nrun:\n  model_timeout: 5\n"
    assert file.with_name("llmspell.toml.bak").read_text() == "precious"
    assert file.with_name("llmspell.toml.bak2").read_text() == 'config_version = 1\ninclude = ["more.yaml"]\n'


EDITOR = "import sys, pathlib; p = pathlib.Path(sys.argv[1]); p.write_text({})"


def editor(text: str) -> str:
    """An editor that puts this Python expression, of the path `p`, into the file."""
    code = EDITOR.format(text).replace('"', '\\"')
    return f'{sys.executable} -c "{code}"'


def test_edit_puts_what_is_valid_in_the_files_place(llmspell: Llmspell, file: Path) -> None:
    ended = llmspell("config", "edit", EDITOR="false", VISUAL=editor("p.read_text().replace('5000', '7000')"))
    assert (ended.returncode, ended.stderr) == (0, "wrote llmspell.toml\n")
    assert file.read_text() == COMMENTED.replace("5000", "7000")


def test_edit_keeps_the_old_file_and_the_draft_when_the_new_text_is_wrong(
    llmspell: Llmspell, file: Path, tmp_path: Path
) -> None:
    ended = llmspell("config", "edit", EDITOR=editor("'[budget]\\nx = 1\\n'"), TMPDIR=str(tmp_path))
    assert ended.returncode == 3
    assert "error: llmspell.toml:2: `budget.x` is not known" in ended.stderr
    assert file.read_text() == COMMENTED
    [draft] = tmp_path.glob("llmspell-*/llmspell.toml")
    assert draft.read_text() == "[budget]\nx = 1\n"
    assert f"hint: llmspell.toml is as it was; your text is in {draft}" in ended.stderr


def test_edit_of_nothing_changes_nothing(llmspell: Llmspell, file: Path) -> None:
    ended = llmspell("config", "edit", EDITOR="true")
    assert (ended.returncode, ended.stderr, file.read_text()) == (0, "nothing was changed\n", COMMENTED)


def test_edit_does_not_overwrite_what_changed_meanwhile(llmspell: Llmspell, file: Path) -> None:
    meanwhile = f"(pathlib.Path({str(file)!r}).write_text('# other'), p.read_text() + '# mine')[1]"
    ended = llmspell("config", "edit", EDITOR=editor(meanwhile))
    assert ended.returncode == 2
    assert "was changed meanwhile" in ended.stderr
    assert file.read_text() == "# other"


@pytest.mark.parametrize(
    ("command", "message"),
    [("", "no editor is set"), ("no-such-editor -x", "the editor 'no-such-editor' does not start"), ("false", "ended with 1; nothing was changed")],
    ids=["none", "missing", "failing"],
)  # fmt: skip
def test_edit_says_what_is_wrong_with_the_editor(llmspell: Llmspell, file: Path, command: str, message: str) -> None:
    ended = llmspell("config", "edit", EDITOR=command)
    assert ended.returncode == 2
    assert message in ended.stderr


def test_yaml_and_json_reach_a_run(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.yaml").write_text('prompts:\n  hello: "Hello {{name}}!"\n')
    ended = llmspell("exec", 'print(Template.render("hello", { name = "Ada" }))')
    assert (ended.stdout, ended.stderr) == ("Hello Ada!\n", "")
