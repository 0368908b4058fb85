"""The provider `offline`: answers by rules, so that a first spell runs with nothing configured."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

import attrs

from llmspell.errors import ProviderError
from llmspell.hookspecs import hookimpl
from llmspell.message import (
    Delta,
    FinishDelta,
    FinishReason,
    ModelRequest,
    TextDelta,
    ToolCallDelta,
    ToolSpec,
    Usage,
)
from llmspell.provider import Capabilities, Notify, Provider

if TYPE_CHECKING:
    from llmspell.plugins import Settings
    from llmspell_provider_offline.plan import Call
    from llmspell_provider_offline.turn import Turn

NOTICE = (
    "answering offline, by extraction and without a model. For a model, set OPENAI_API_KEY and run with "
    "--model openai/<name>, or set run.model in llmspell.toml"
)


class OfflineProvider(Provider):
    """Calls the tools that a request spells out, then quotes; one conversation always gets one answer.

    `temperature`, `seed` and `extra` change nothing, since nothing here is random. `max_tokens` counts words.
    """

    fallback = True

    def __init__(self, name: str = "offline") -> None:
        self.name = name
        self._told = False

    def capabilities(self, model: str) -> Capabilities:
        """Tools and structured output, at a known price: nothing."""
        return Capabilities(tools=True, response_format=True, priced=True)

    def default_model(self) -> str:
        """Always there; being a fallback, it is chosen when no other provider is set up."""
        return "extractive"

    async def models(self) -> tuple[str, ...]:
        """One; any other name means the same."""
        return ("extractive",)

    async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        """A tool call, or an answer word by word.

        Raises:
            ProviderError: a tool call or a structured answer is required, and the text lacks a part of it.
        """
        from llmspell_provider_offline.turn import read_turn

        if not self._told:
            self._told = True
            notify("offline.notice", {"message": NOTICE})
        turn = read_turn(request.messages)
        call = _call(request, turn)
        if call is not None:
            made = sum(message.role == "tool" for message in request.messages)
            arguments = json.dumps(call.arguments, ensure_ascii=False)
            yield ToolCallDelta(0, f"offline_{made + 1}", call.name, arguments)
            yield _finish(request, "tool_calls")
            return
        text, reason = _bounded(_text(request, turn), request)
        for word in re.findall(r"\s*\S+|\s+$", text):
            yield TextDelta(word)
            await asyncio.sleep(0)
        yield _finish(request, reason)


def _call(request: ModelRequest, turn: Turn) -> Call | None:
    """The next tool call that `tool_choice` allows: None, `auto`, `none`, `required` or a tool's name."""
    from llmspell_provider_offline.plan import Call, fill, next_call

    if request.tool_choice == "none":
        return None
    if request.tool_choice in (None, "auto"):
        return next_call(turn, request.tools)
    if turn.results:
        return None
    call = next_call(turn, request.tools) if request.tool_choice == "required" else None
    for tool in _named(request):
        found = fill(tool, turn, named=True)
        call = found if isinstance(found, Call) else None
    if call is None:
        raise ProviderError(
            f"offline, the request does not spell out a call for tool_choice {request.tool_choice!r}",
            component="provider:offline",
            hint="name the tool and its arguments in the request, or use a model: --model openai/<name>",
        )
    return call


def _named(request: ModelRequest) -> list[ToolSpec]:
    return [tool for tool in request.tools if tool.name == request.tool_choice]


def _text(request: ModelRequest, turn: Turn) -> str:
    from llmspell_provider_offline.answer import answer
    from llmspell_provider_offline.structured import structured

    wanted = request.response_format or {"type": "text"}
    match wanted.get("type"):
        case "text":
            return answer(turn, request.tools)
        case "json_object":
            return json.dumps({"answer": answer(turn, request.tools)}, ensure_ascii=False)
        case "json_schema":
            schema = wanted["json_schema"]["schema"]
            return json.dumps(structured(turn, schema), ensure_ascii=False)
    raise ProviderError(f"offline, response_format {wanted.get('type')!r} is not known", component="provider:offline")


def _bounded(text: str, request: ModelRequest) -> tuple[str, FinishReason]:
    """The text up to the first stop sequence, and at most `max_tokens` words of it."""
    for stop in request.stop:
        text = text.partition(stop)[0] if stop else text
    words = re.findall(r"\s*\S+", text)
    if request.max_tokens is None or len(words) <= request.max_tokens:
        return text, "stop"
    return "".join(words[: request.max_tokens]), "length"


def _finish(request: ModelRequest, reason: FinishReason) -> FinishDelta:
    return FinishDelta(reason, Usage(), request.model, cost=0.0)  # no tokens were made, and none are made up


@attrs.frozen
class NoOptions:
    """A table without keys: whatever a user writes into `[provider.offline]` is refused as unknown."""


@hookimpl
def llmspell_providers(settings: Settings) -> Mapping[str, Provider]:
    """The provider, and one for every `[provider.<name>] plugin = "offline"`."""
    names = ["offline", *settings.named("provider", "offline")]
    for name in names:
        settings.table("provider", name, NoOptions)
    return {name: OfflineProvider(name) for name in names}
