"""No secret of a known shape gets out, whichever way: 24 shapes through 6 sinks of one real run."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from llmspell.cli.casting import Output
from llmspell.cli.errors import render
from llmspell.config import LoadedConfig
from llmspell.events import Event
from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source

SINKS = ("print", "log", "events", "json", "error", "export")


def body(name: str, length: int = 32) -> str:
    """Letters and digits that no other shape of this list has."""
    return hashlib.sha256(name.encode()).hexdigest()[:length]


# Written in two halves, so that scanners of this repository do not take them for leaked secrets.
SHAPES: Mapping[str, str] = {
    "openai": "sk-" + body("openai"),
    "openai-project": "sk-" + "proj-" + body("openai-project"),
    "anthropic": "sk-" + "ant-api03-" + body("anthropic"),
    "openrouter": "sk-" + "or-v1-" + body("openrouter"),
    "stripe": "sk_" + "live_" + body("stripe"),
    "github": "ghp_" + body("github"),
    "github-fine": "github_" + "pat_" + body("github-fine"),
    "gitlab": "glpat-" + body("gitlab"),
    "aws": "AKIA" + body("aws", 16).upper(),
    "google": "AIza" + body("google", 35),
    "google-oauth": "ya29." + body("google-oauth"),
    "slack": "xoxb-" + body("slack"),
    "huggingface": "hf_" + body("huggingface"),
    "groq": "gsk_" + body("groq"),
    "xai": "xai-" + body("xai"),
    "perplexity": "pplx-" + body("perplexity"),
    "replicate": "r8_" + body("replicate"),
    "tavily": "tvly-" + body("tavily"),
    "npm": "npm_" + body("npm", 36),
    "pypi": "pypi-" + body("pypi", 40),
    "sendgrid": "SG." + body("sendgrid", 20) + "." + body("sendgrid"),
    "jwt": "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxIn0." + body("jwt"),
    "vault": "hvs." + body("vault"),
    "private-key": "-----BEGIN " + "PRIVATE KEY-----\n" + body("private-key") + "\n-----END " + "PRIVATE KEY-----",
}
SPELL = """
for number, token in ipairs(Args) do
  print("case " .. number .. " " .. token)
  Log.info("case " .. number, { value = token })
  Event.publish("my.case", { number = number, text = "it is " .. token })
end
"""
ENDINGS = {
    "value": "local all = {} for i, token in ipairs(Args) do all[i] = token end return { list = all }",
    "argument": "return Args",
    "error": "local all = '' for _, token in ipairs(Args) do all = all .. ' and ' .. token end error('failed with' .. all)",
}


@pytest.fixture(scope="module")
def sinks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What each sink got to see of a spell that shows every shape in every way it can."""
    import asyncio

    return asyncio.run(_run(tmp_path_factory.mktemp("project")))


async def _run(project: Path) -> Mapping[str, str]:
    found: dict[str, str] = {}
    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        for ending, code in ENDINGS.items():
            out, err = io.StringIO(), io.StringIO()
            patched.setattr("sys.stdout", out)
            patched.setattr("sys.stderr", err)
            events: list[Event] = []
            options = RunOptions(
                profile="low",
                engine="lua",
                args=tuple(SHAPES.values()),
                hooks=("logging",),
                output=Output("text").printed,
                observers=(events.append, Output("jsonl").event),
            )
            source = Source(SPELL + code, "show.lua")
            async with Kernel(LoadedConfig(project=project), environ={}) as kernel:
                ended = await kernel.cast(source, options)
            exported = io.StringIO()
            ended.log.export(exported)
            assert err.getvalue().count("kind=my.case") == len(SHAPES)
            found["print"] = found.get("print", "") + out.getvalue() + ended.output
            found["log"] = found.get("log", "") + err.getvalue()
            found["events"] = found.get("events", "") + "".join(repr(attrs.asdict(event)) for event in events)
            found["export"] = found.get("export", "") + exported.getvalue()
            before = out.tell()
            Output("json").ended(ended, source, {})
            found["json"] = found.get("json", "") + out.getvalue()[before:]
            if ending == "error":
                assert ended.error is not None
                found["error"] = render(ended.error, source) + err.getvalue()
    return found


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_of_this_shape_does_not_reach_this_sink(sinks: Mapping[str, str], shape: str, sink: str) -> None:
    secret = SHAPES[shape]
    core = body(shape, 16)
    assert core in secret.lower()
    assert core not in sinks[sink].lower()


@pytest.mark.parametrize("sink", SINKS)
def test_this_sink_got_something_to_see(sinks: Mapping[str, str], sink: str) -> None:
    assert sinks[sink].count("[redacted]") >= len(SHAPES)
    assert "failed with" in sinks["error"]
    assert "case 24" in sinks["print"]


def test_there_are_as_many_cases_as_planned() -> None:
    assert len(SHAPES) * len(SINKS) == 144
