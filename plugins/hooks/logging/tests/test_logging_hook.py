import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pluggy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config import Config, LoadedConfig, Settings
from llmspell.errors import ConfigError
from llmspell.events import Event
from llmspell.hookspecs import PROJECT, Operations, Registration
from llmspell.message import Message, ModelRequest
from llmspell.redaction import Redactor
from llmspell_hook_logging import plugin
from llmspell_hook_logging.hook import LoggingHook, LoggingSettings, level_of
from llmspell_hook_logging.line import logfmt_line

TOKEN = "ghp_" + "a1B2c" * 8


def event(kind: str = "llm.finished", /, **data: object) -> Event:
    return Event(seq=3, time=1_795_354_805.25, run="r1", path="run/agent:a", kind=kind, data=data)


def written(*events: Event, redactor: Redactor | None = None, **settings: Any) -> list[str]:
    stream = io.StringIO()
    hook = LoggingHook(LoggingSettings(**settings), redactor or Redactor(), stream)
    for one in events:
        hook.on_event(one)
    return stream.getvalue().splitlines()


def test_an_event_is_one_line_of_keys_and_values() -> None:
    usage = {"input_tokens": 12, "output_tokens": 3}
    assert written(event(name="openai/gpt-4.1-mini", duration=0.1234567, usage=usage, cost=None)) == [
        "time=2026-11-22T13:40:05.250Z level=info seq=3 run=r1 path=run/agent:a kind=llm.finished "
        "name=openai/gpt-4.1-mini duration=0.123457 usage.input_tokens=12 usage.output_tokens=3"
    ]


def test_an_event_is_one_json_object() -> None:
    [line] = written(event(name="m", cost=None, odd=float("nan")), format="json")
    assert json.loads(line) == {
        "time": "2026-11-22T13:40:05.250Z",
        "level": "info",
        "seq": 3,
        "run": "r1",
        "path": "run/agent:a",
        "kind": "llm.finished",
        "data": {"name": "m", "cost": None, "odd": "nan"},
    }


def test_values_with_spaces_quotes_or_line_ends_are_quoted() -> None:
    [line] = written(event(a="two words", b='say "x"', c="one\ntwo", d="", e=[1, "x"], f=True, g="é"))
    assert line.endswith(r'a="two words" b="say \"x\"" c="one\ntwo" d="" e="[1,\"x\"]" f=true g=é')


def test_a_terminal_is_not_sent_control_characters() -> None:
    [line] = written(event(a="\x1b[31mred", b="\u202e"))
    assert line.endswith(r'a="\u001b[31mred" b="\u202e"')


def test_data_cannot_pose_as_what_the_log_says() -> None:
    [line] = written(event(level="error", kind="x"))
    assert "level=info" in line
    assert "data.level=error data.kind=x" in line


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("llm.started", "debug"),
        ("llm.partial", "debug"),
        ("script.output", "debug"),
        ("tool.finished", "info"),
        ("my.own.event", "info"),
        ("plain", "info"),
        ("llm.retry", "warning"),
        ("events.dropped", "warning"),
        ("hook.disabled", "warning"),
        ("agent.failed", "error"),
    ],
)
def test_the_level_follows_from_the_kind(kind: str, level: str) -> None:
    assert level_of(kind) == level


def test_events_below_the_level_are_not_written() -> None:
    kinds = ["llm.started", "llm.finished", "llm.retry", "llm.failed"]
    events = [event(kind) for kind in kinds]
    levels = ("debug", "info", "warning", "error")
    assert [len(written(*events, level=level)) for level in levels] == [4, 3, 2, 1]


def test_texts_are_told_by_their_length_unless_asked_for() -> None:
    data = {"name": "t", "text": "a secret plan", "output": {"plan": "x"}, "arguments": [1, 2], "input": None}
    [short] = written(event(**data))
    [whole] = written(event(**data), text=True)
    assert short.endswith('name=t text="(13 characters)" output="(1 fields)" arguments="(2 items)"')
    assert whole.endswith('name=t text="a secret plan" output.plan=x arguments=[1,2]')


def test_a_models_request_shows_its_texts_only_when_asked_for() -> None:
    request = ModelRequest("m", (Message("user", "my diary"),))
    [short] = written(event("llm.started", name="m", request=request), level="debug")
    [whole] = written(event("llm.started", name="m", request=request), level="debug", text=True)
    assert "diary" not in short
    assert "my diary" in whole


@pytest.mark.parametrize("chosen", ["logfmt", "json"])
def test_no_secret_is_written(chosen: str) -> None:
    data = {
        "name": TOKEN,
        "error": {"message": f"401 for {TOKEN}", "details": {"api_key": "hunter22", "url": "http://a:b@c"}},
        "list": [f"Bearer {TOKEN}", {"password": "hunter22"}],
        "note": "open sesame",
    }
    redactor = Redactor.of_environment({"LAB_SECRET": "open sesame"})
    [line] = written(event("llm.failed", **data), format=chosen, text=True, redactor=redactor)
    assert not any(secret in line for secret in (TOKEN, "hunter22", "a:b@", "open sesame"))
    assert "[redacted]" in line


FIELDS = st.dictionaries(st.text(), st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))


@given(FIELDS)
def test_no_event_can_forge_a_second_line(data: dict[str, Any]) -> None:
    stream = io.StringIO()
    hook = LoggingHook(LoggingSettings(text=True), Redactor(), stream)
    hook.on_event(Event(1, 0.0, "r", "run", "x", data))
    assert len(stream.getvalue().splitlines()) == 1


@given(FIELDS)
def test_a_json_line_holds_the_data_as_it_was(data: dict[str, Any]) -> None:
    stream = io.StringIO()
    hook = LoggingHook(LoggingSettings(text=True, format="json"), NoRedaction(), stream)
    hook.on_event(Event(1, 0.0, "r", "run", "x", data))
    assert json.loads(stream.getvalue())["data"] == data


class NoRedaction(Redactor):
    def data(self, value: Any, name: str = "") -> Any:
        return value


def test_standard_error_is_looked_up_when_a_line_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    LoggingHook(LoggingSettings(), Redactor()).on_event(event(name="m"))
    assert "kind=llm.finished" in capsys.readouterr().err


def offered(table: Mapping[str, object] | None = None) -> object:
    config = Config(hook={} if table is None else {"logging": table})
    [hook] = plugin.llmspell_hooks(Settings(LoadedConfig(config), {"LAB_TOKEN": "open sesame"})).values()
    return hook


def test_the_plugin_offers_the_hook_set_up_by_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    hook = offered({"format": "json", "level": "debug"})
    assert isinstance(hook, LoggingHook)
    hook.on_event(event("llm.started", note="open sesame"))
    assert json.loads(capsys.readouterr().err)["data"] == {"note": "[redacted]"}


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError) as raised:
        offered({"level": "loud", "colour": True})
    assert raised.value.problems == (
        "`hook.logging.level` must be one of 'debug', 'info', 'warning', 'error', found 'loud'",
        "`hook.logging.colour` is not known; known: format, level, text",
    )


def test_pluggy_accepts_the_module_and_the_hook() -> None:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Registration)
    manager.add_hookspecs(Operations)
    manager.register(plugin)
    manager.register(offered())
    manager.check_pending()
    assert len(manager.hook.on_event.get_hookimpls()) == 1


def test_the_readme_names_every_setting() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    assert all(f"\n{name} = " in readme for name in ("level", "format", "text"))


def test_a_missing_field_is_left_out_and_a_list_is_json() -> None:
    fields = {"time": "t", "data": {"none": None, "empty": {}, "list": []}}
    assert logfmt_line("info", fields) == "time=t level=info empty={} list=[]"
