"""From the chunks of a streamed chat completion to deltas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from llmspell.message import Delta, FinishDelta, TextDelta, ToolCallDelta, Usage
from llmspell_provider_openai import wire
from llmspell_provider_openai.wire import Malformed, as_list, as_object, as_text


class DeltaReader:
    """Reads the chunks of one stream; `asked` is the model's name where the server does not say it."""

    def __init__(self, asked: str) -> None:
        self._model = asked
        self._calls = _Calls()
        self._finish: Any = None
        self._refused = False
        self._usage = Usage()

    @property
    def complete(self) -> bool:
        """Whether the server has said why the answer ended."""
        return self._finish is not None

    def read(self, data: Any) -> Iterator[Delta]:
        """The deltas in one chunk, decoded JSON.

        Raises:
            Malformed: it is no chunk of a chat completion.
        """
        chunk = as_object(data, "a chunk")
        self._model = as_text(chunk.get("model")) or self._model
        if chunk.get("usage"):
            self._usage = wire.usage(chunk["usage"])
        for choice in as_list(chunk.get("choices"), "`choices`")[:1]:
            yield from self._choice(as_object(choice, "a choice"))

    def finish(self) -> FinishDelta:
        """The last delta of a complete stream."""
        self._calls.check()
        reason = wire.finish_reason(self._finish, calls=bool(self._calls), refused=self._refused)
        return FinishDelta(reason, self._usage, self._model)

    def _choice(self, choice: wire.Json) -> Iterator[Delta]:
        delta = as_object(choice.get("delta") or {}, "`delta`")
        refusal = as_text(delta.get("refusal"))
        self._refused = self._refused or bool(refusal)
        text = as_text(delta.get("content")) + refusal
        if text:
            yield TextDelta(text)
        for fragment in as_list(delta.get("tool_calls"), "`tool_calls`"):
            yield from self._calls.add(as_object(fragment, "a tool call"))
        self._finish = choice.get("finish_reason") or self._finish


@attrs.define
class _Call:
    """A call whose fragments are coming in; `early` holds arguments that came before the name."""

    index: int
    said_id: str = ""
    early: str = ""
    named: bool = False


class _Calls:
    """Sorts fragments of calls into calls.

    A fragment belongs to the call of its `index`. Servers that give every call the same index, or none, begin
    a new call with a new id and a name.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._ids: set[str] = set()

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, fragment: wire.Json) -> Iterator[ToolCallDelta]:
        """What is new in `fragment`."""
        function = as_object(fragment.get("function") or {}, "a tool call's `function`")
        name, said_id = as_text(function.get("name")), as_text(fragment.get("id"))
        text = wire.arguments(function.get("arguments"))
        call = self._call(fragment.get("index"), said_id, name)
        if call.named:
            if text:
                yield ToolCallDelta(call.index, arguments=text)
            return
        call.said_id = call.said_id or said_id
        call.early += text
        if name:
            call.named = True
            yield ToolCallDelta(call.index, wire.unique_id(call.said_id, self._ids), name, call.early)

    def check(self) -> None:
        """Check that every call is whole.

        Raises:
            Malformed: a call never got a name.
        """
        if not all(call.named for call in self._calls):
            raise Malformed("with a tool call that has no name")

    def _call(self, index: Any, said_id: str, name: str) -> _Call:
        numbered = isinstance(index, int)
        current = self._by_index.get(index) if numbered else next(reversed(self._calls), None)
        if current is None or _begins_another(current, said_id, name, numbered=numbered):
            current = _Call(len(self._calls), said_id)
            self._calls.append(current)
            if numbered:
                self._by_index[index] = current
        return current


def _begins_another(current: _Call, said_id: str, name: str, *, numbered: bool) -> bool:
    if not name or not current.named:
        return False
    return said_id != current.said_id if said_id else not numbered
