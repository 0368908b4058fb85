"""A model calls every tool once, over the wire, with arguments as a model writes them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.agent import AgentInput, AgentSpec
from llmspell.config import LoadedConfig, Settings
from llmspell.config.schema import Config
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.plugins import Plugins
from llmspell.testing import Calls, OpenAIServer, Text

from .ground import Outside, fill, outside

# What a model says where the tool's own example is about files or servers that are not here: the arguments.
CALLS: dict[str, Mapping[str, Any]] = {
    "archive_create": {"sources": ["docs", "README.md"], "destination": "docs.zip"},
    "archive_extract": {"path": "release.zip", "destination": "release"},
    "calculator": {"expression": "17% of 2390"},
    "datetime": {"operation": "add", "time": "2026-11-22", "amount": "3", "unit": "days"},  # a number as text
    "download": {"url": "{url}/data.csv", "path": "data.csv"},
    "email_send": {
        "to": ["ann@example.com"],
        "subject": "Report",
        "text": "It is attached.",
        "attachments": ["README.md"],
    },
    "file_convert_encoding": {"path": "old.txt", "source_encoding": "cp1252"},
    "file_copy": {"source": "README.md", "destination": "copy.md"},
    "file_delete": {"path": "rubbish.txt"},
    "file_diff": {"path": "README.md", "other": "other.md"},
    "file_list": {"path": ".", "recursive": "true"},  # a boolean as text
    "file_move": {"source": "draft.md", "destination": "final.md"},
    "file_read": {"path": "README.md", "limit": 10, "offset": None},  # null for what is optional
    "file_search": {"text": "TODO", "glob": "*.md"},
    "file_watch": {"path": "inbox", "seconds": 1},
    "http_request": {"url": "{url}/items", "query": {"page": 2}},
    "image_info": {"path": "photo.png"},
    "json_query": {"expression": "people[?age > `30`].name", "data": {"people": [{"name": "Ada", "age": 36}]}},
    "pdf_text": {"path": "paper.pdf"},
    "process_run": {"argv": ["echo", "hello"]},
    "rss_read": {"url": "{url}/feed.xml", "limit": 5},
    "sitemap_read": {"url": "{url}/sitemap.xml"},
    "statistics": {"values": "[2, 4, 4, 5]"},  # an array as text
    "url_check": {"urls": ["{url}/"]},
    "url_metadata": {"url": "{url}/"},
    "web_fetch": {"url": "{url}/"},
    "web_search": {"query": "tides", "count": 3},
    "webhook_call": {"url": "{url}/hook", "payload": {"status": "done"}},
    "xlsx_read": {"path": "sales.xlsx", "as": "objects"},
}
TOOLS = sorted({entry.name for entry in Plugins(Settings()).catalogue if entry.kind == "tool"})

# What the answer has to have in it, where the model would go on from that.
TELLING: dict[str, str] = {
    "archive_list": "b/c.txt",
    "calculator": "406.3",
    "docx_text": "Hello from Word",
    "environment": "C.UTF-8",
    "file_diff": "+# Read it",
    "file_read": "# Read me",
    "file_search": "docs/guide.md",
    "http_request": "items",
    "image_info": "png",
    "json_query": "Ada",
    "pdf_text": "Hello from a page",
    "process_run": "hello",
    "rss_read": "http://example.com/1",
    "sitemap_read": "http://example.com/a",
    "sqlite_query": "Ada",
    "url_metadata": "About the sea",
    "web_fetch": "rises and falls",
    "web_search": "http://example.com/tides",
    "xlsx_read": "2026-01-31",
    "xml_query": "Ulysses",
}


@pytest.fixture
async def servers() -> AsyncIterator[Outside]:
    async with outside() as servers:
        yield servers


def config(servers: Outside, model: OpenAIServer) -> Config:
    return Config(
        tool={
            "web_search": {"provider": "searxng", "base_url": servers.url},
            "email_send": {
                "host": "127.0.0.1",
                "port": servers.mail_port,
                "tls": "off",
                "sender": "me@example.com",
            },
        },
        provider={"openai": {"base_url": model.base_url}},
    )


def written(arguments: Any, url: str) -> Any:
    """The arguments with the server's address in them."""
    return json.loads(json.dumps(arguments).replace("{url}", url))


@pytest.mark.parametrize("name", TOOLS)
async def test_a_model_calls_it(name: str, servers: Outside, tmp_path: Path) -> None:
    fill(tmp_path)
    kinds = {"fs.read": ["**"], "fs.write": ["**"], "net": ["127.0.0.1"], "run": ["echo **"], "env": ["LANG"]}
    grants = Grants.of({"tools": ["*"], "models": ["*"], **kinds}, origin="the test", base=tmp_path)
    environ = {"OPENAI_API_KEY": "key", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}

    def say(request: Any) -> Calls:
        [offered] = [tool for tool in request.tools if tool.name == name]
        assert offered.description
        return Calls((name, arguments))

    async with OpenAIServer(say, Text("Done.")) as model:
        loaded = LoadedConfig(config=config(servers, model), project=tmp_path)
        plugins = Plugins(Settings(loaded, environ))
        found = plugins.get("tool", name)
        arguments = written(CALLS[name] if name in CALLS else found.examples[0].arguments, servers.url)
        async with Kernel(loaded, environ=environ, plugins=plugins) as kernel:
            run = kernel.open_run(RunOptions(profile="high", model="openai/any", permissions=(grants,)))
            if name == "xlsx_read":
                await run.call_tool(run.find_tool("xlsx_write"), run.find_tool("xlsx_write").examples[0].arguments)
            agent = run.make_agent("llm", AgentSpec("caller", tools=(name,)))
            result = await run.run_agent(agent, AgentInput("go"))
            await run.close()
    [call] = result.calls
    assert call.error is None, call.error
    assert (result.text, result.stop_reason) == ("Done.", "completed")
    assert TELLING.get(name, "") in json.dumps(call.output, ensure_ascii=False)
    if name in DONE:
        DONE[name](tmp_path, servers)


def _posted(folder: Path, servers: Outside) -> None:
    assert [json.loads(body) for body in servers.hooks] == [{"status": "done"}]


def _mailed(folder: Path, servers: Outside) -> None:
    [mail] = servers.mails
    assert b"Subject: Report" in mail


def _is_text(path: str, text: str) -> Callable[[Path, Outside], None]:
    def check(folder: Path, servers: Outside) -> None:
        assert (folder / path).read_text() == text

    return check


# What has happened in the world.
DONE: dict[str, Callable[[Path, Outside], None]] = {
    "archive_extract": _is_text("release/b/c.txt", "two"),
    "download": _is_text("data.csv", "a,b\n1,2\n"),
    "email_send": _mailed,
    "file_append": _is_text("log.txt", "one more line\n"),
    "file_copy": _is_text("copy.md", "# Read me\n"),
    "file_move": _is_text("final.md", "draft\n"),
    "file_write": _is_text("report.md", "# Report\n"),
    "webhook_call": _posted,
}


def test_there_are_as_many_tools_as_we_say() -> None:
    assert len(TOOLS) >= 60
    assert set(CALLS) | set(TELLING) | set(DONE) <= set(TOOLS)
