"""Templates: what has a meaning, what has none, and that values never get one."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config import Config, LoadedConfig, load
from llmspell.config.loading import attempt
from llmspell.config.schema import Prompt
from llmspell.errors import ConfigError, UsageError
from llmspell.templates import LONGEST, MOST_PARTS, Templates


def templates(**prompts: str | Prompt) -> Templates:
    return Templates(LoadedConfig(Config(prompts=prompts)))


def render(text: str, **values: Any) -> str:
    return templates().render(text, values)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a {{x}} b", "a 1 b"),
        ("{{ x }}{{\tx\n}}", "11"),
        ("{{t.a}}", "deep"),
        ("{{t.b.c-d}}", "2"),
        ("{{t}}", '{"a": "deep", "b": {"c-d": 2}}'),
        ("{{l}} {{f}} {{g}} {{o}}", '[1, "ä", null] 2 0.5 false'),
        ("{{e}}|", "|"),
        ('{{y | default("z")}}', "z"),
        ('{{y|default("")}}|', "|"),
        ('{{x | default("z")}}', "1"),
        ('{{t.y | default("a \\"b\\" \\u00e4")}}', 'a "b" ä'),
        ('{{n | default("z")}}', "z"),
        ("{x} {{}} {{ }} {{1}} {{x.}} {{.x}} {{x y}} {{x()}} {{#x}} {{/x}} {{!x}} {{&x}} {{> }}", None),
        ("{{x | upper}} {{x | default(1)}} {{x | default('z')}} {{x | default(\"z}}", None),
        ("{% if x %} ${x} %(x)s {0} \\{{ {{ x", None),
        ("{{{x}}}", "{1}"),
        ("{{{{x}}}}", "{{1}}"),
        ("{{x}}}} {{x", "1}} {{x"),
    ],
)  # fmt: skip
def test_tags_become_values_and_everything_else_stays(text: str, result: str | None) -> None:
    values = {"x": 1, "t": {"a": "deep", "b": {"c-d": 2}}, "l": [1, "ä", None], "f": 2.0, "g": 0.5, "o": False, "e": "", "n": None}  # fmt: skip
    assert render(text, **values) == (text if result is None else result)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{nme}} is", "the template: the variable 'nme' has no value", "did you mean 'name'?"),
        ("{{qqq}} is", "the template: the variable 'qqq' has no value", 'give it one, or write {{qqq | default("...")}}'),
        ("{{name.x}} is", "the template: the variable 'name.x' has no value", ""),
        ("{{none}} is", "the template: the variable 'none' has no value", ""),
        ("{{list.0}} is", "the template: the variable 'list.0' has no value", ""),
        ("{{raw}} is", "the template: 'raw' cannot be put into text", ""),
        ("{{nan}} is", "the template: 'nan' cannot be put into text", ""),
    ],
)  # fmt: skip
def test_a_value_that_is_missing_or_no_data_is_named(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        render(text, name="x", none=None, list=[1], raw=b"x", nan=float("nan"))
    assert raised.value.message.startswith(message)
    assert hint in raised.value.hint


def test_a_default_that_is_no_text_says_how_to_write_it() -> None:
    with pytest.raises(UsageError, match=r"default\(\"\\q\"\) is not text"):
        render('{{x | default("\\q")}}')


def test_parts_have_the_same_values_and_their_own_besides() -> None:
    tone = Prompt(text="Be {{mood}}, {{name}}.", values={"mood": "kind", "name": "you"})
    made = templates(tone=tone, all="Hello {{name}}. {{> tone}}")
    assert made.render("all", {"name": "Ada"}) == "Hello Ada. Be kind, Ada."
    assert made.render("tone", {}) == "Be kind, you."


def test_a_parts_own_values_do_not_reach_what_holds_it() -> None:
    made = templates(tone=Prompt(text="x", values={"mood": "kind"}))
    with pytest.raises(UsageError, match="the variable 'mood' has no value"):
        made.render("{{> tone}} {{mood}}", {})


def test_an_error_in_a_part_names_the_part() -> None:
    with pytest.raises(UsageError, match=r"^the template 'tone': the variable 'mood' has no value$"):
        templates(tone="{{mood}}", all="{{> tone}}").render("all", {})


def test_one_word_is_a_name_and_never_a_text() -> None:
    with pytest.raises(UsageError, match=r"^there is no template named 'Hello'$") as raised:
        render("Hello")
    assert (raised.value.kind, raised.value.hint) == ("not_found", 'write it in llmspell.toml: [prompts] Hello = "..."')


def test_a_circle_of_templates_is_told_with_its_links() -> None:
    made = templates(a="{{> b}}", b="{{> c}}", c="{{> b}}")
    with pytest.raises(UsageError, match=r"^the template 'b' holds itself: b holds c holds b$"):
        made.render("a", {})
    with pytest.raises(UsageError, match="holds itself"):
        made.check("a")


def test_templates_that_double_and_double_end_soon() -> None:
    made = templates(**{f"t{n}": f"{{{{> t{n + 1}}}}}" * 8 for n in range(12)}, t12="")
    begin = time.process_time()
    with pytest.raises(UsageError, match=f"one too many: {MOST_PARTS} in all"):
        made.render("t0", {})
    assert time.process_time() - begin < 5


def test_a_long_chain_ends() -> None:
    made = templates(**{f"t{n}": f"{{{{> t{n + 1}}}}}" for n in range(20)}, t20="")
    with pytest.raises(UsageError, match="16 in a row"):
        made.render("t0", {})


def test_a_result_that_is_too_long_is_an_error() -> None:
    with pytest.raises(UsageError, match=f"gives more than {LONGEST} characters"):
        render("{{x}}" * 2, x="y" * (LONGEST // 2 + 1))


HOSTILE = ["{{" * 100_000, "{{ a" + " " * 200_000, '{{a|default("' * 20_000, "{{a." * 50_000, "{{> " * 50_000, "{{a | default(\"" + "\\" * 200_001]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_take_linear_time(text: str) -> None:
    begin = time.process_time()
    assert render(text + " ", a="x") == text + " "
    assert time.process_time() - begin < 2


def test_files_are_read_beside_the_file_that_names_them(tmp_path: Path) -> None:
    user = tmp_path / "user"
    (user / "p").mkdir(parents=True)
    (user / "p" / "a.md").write_text("Hello {{name}}\n")
    (user / "config.toml").write_text('[prompts.a]\nfile = "p/a.md"\nvalues = { name = "you" }\n')
    loaded = load(tmp_path, {"LLMSPELL_CONFIG_HOME": str(user)})
    assert Templates(loaded).render("a", {}) == "Hello you\n"


@pytest.mark.parametrize("file", ["../secret", "/etc/passwd", "link", "~/x"])
def test_a_project_cannot_take_files_from_elsewhere(tmp_path: Path, file: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret").write_text("hunter22")
    (project / "link").symlink_to("../secret")
    (project / "llmspell.toml").write_text(f'[prompts.a]\nfile = "{file}"\n')
    loaded = load(project, {"HOME": str(tmp_path)})
    with pytest.raises(ConfigError, match=r"^llmspell\.toml:2: `prompts\.a`: .* lies outside") as raised:
        Templates(loaded).render("a", {})
    assert "hunter22" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read: No such file"), (b"\xff", "is not UTF-8"), (b"x" * (1 << 19), "is larger than 256 KiB")],
    ids=["missing", "bytes", "large"],
)
def test_a_template_that_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "a.md").write_bytes(content)
    (tmp_path / "llmspell.toml").write_text('[prompts]\na = { file = "a.md" }\n')
    with pytest.raises(ConfigError, match=rf"^llmspell\.toml:2: `prompts\.a`: a\.md.*{message}"):
        Templates(load(tmp_path, {"HOME": str(tmp_path)})).check("a")


@pytest.mark.parametrize("table", ["{}", '{ text = "a", file = "b" }', "{ values = {} }"])
def test_a_template_is_a_text_or_a_file(tmp_path: Path, table: str) -> None:
    (tmp_path / "llmspell.toml").write_text(f"[prompts]\na = {table}\n")
    assert attempt(tmp_path, {"HOME": str(tmp_path)}).problems == (
        "llmspell.toml:2: `prompts.a` is not valid: give either text or file",
    )


@given(st.text(st.sampled_from('{}> ab.|"\\()')), st.text(st.sampled_from("{}> ab")))
def test_a_text_renders_to_what_was_left_and_what_was_put_in(text: str, value: str) -> None:
    try:
        result = render(f"{text} ", a=value, b=value)
    except UsageError:
        return
    assert "{{a}}" not in text or value in result
    assert render("{{a}} {{b}}", a=value, b=value) == f"{value} {value}"


@given(st.text(), st.text())
def test_what_stands_before_and_after_a_tag_stays(before: str, after: str) -> None:
    if "{" not in before and "{" not in after:
        assert render(f"{before}{{{{x}}}}{after}", x="{{x}}") == f"{before}{{{{x}}}}{after}"
