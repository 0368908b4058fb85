r"""Tools in words, for models that cannot call any: a protocol that the system message explains.

To call tools the model ends its answer with one line for each:

    <tool_call>{"name": "add", "arguments": {"a": 1, "b": 2}}</tool_call>

and the user's next message has the answers, in the order of the calls, with `<` written as `\u003c` so that nothing in
an answer ends it early:

    <tool_result>{"name": "add", "output": "3"}</tool_result>

Only what a model says itself is read for calls. A call that cannot be read is a problem that the model is told of. The
conversation keeps calls and answers as they are; they become words when a model is asked.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence

import attrs

from llmspell.errors import UsageError
from llmspell.message import Completion, Message, ToolCall, ToolSpec

OPEN, CLOSE = "<tool_call>", "</tool_call>"
_CALL = re.compile(re.escape(OPEN) + r"(.*?)" + re.escape(CLOSE), re.DOTALL)

_INSTRUCTION = """\
You can use tools. To call one, or several at once, end your answer with one line for each, and write nothing after it:
<tool_call>{"name": "NAME", "arguments": {...}}</tool_call>
The next message then has what they answered, in <tool_result> lines. Answer without such a line when you need no tool.
Tools, with the JSON Schema of their arguments:
"""


class Unreadable(UsageError):
    """What stands in a call's place is none."""


class Spoken:
    """The protocol as one run of an agent uses it.

    Args:
        tools: what may be called.
        choice: `auto`, `none`, `required` or a tool's name.
    """

    def __init__(self, tools: Sequence[ToolSpec], choice: str) -> None:
        self._must = "" if choice in ("auto", "none") else choice
        self._messages: list[Message] = []
        self._known: list[Message] = []
        self._names: dict[str, str] = {}
        self.instruction = _INSTRUCTION + "\n".join(map(_described, tools)) if tools else ""
        if self._must:
            self.instruction += f"\n{_demand(self._must)}"

    def said(self, messages: Sequence[Message]) -> list[Message]:
        """The conversation in words; only what is new since the last time is translated."""
        known = len(self._known)
        if known > len(messages) or (known and messages[known - 1] is not self._known[-1]):
            self._known, self._messages, known = [], [], 0  # it was made shorter
        new = list(messages[known:])
        self._known += new
        while new:
            answers = _leading_answers(new)
            self._messages.append(self._answers(answers) if answers else self._in_words(new[0]))
            new = new[len(answers) or 1 :]
        return self._messages

    def _answers(self, answers: Sequence[Message]) -> Message:
        """The answers of one turn's calls, in one message."""
        lines = (_answered(message, self._names.get(message.tool_call_id, "")) for message in answers)
        return Message("user", "\n".join(lines))

    def _in_words(self, message: Message) -> Message:
        if not message.tool_calls:
            return message
        self._names |= {call.id: call.name for call in message.tool_calls}
        lines = (_written(call) for call in message.tool_calls)
        return Message(message.role, "\n".join(filter(None, (message.content, *lines))))

    def read(self, completion: Completion) -> Completion:
        """The answer with its calls.

        Raises:
            Unreadable: a call is not as it should be, or there is none where there must be one.
        """
        text = completion.message.content
        begin = text.find(OPEN)
        if begin < 0:
            if self._must:
                raise Unreadable(_demand(self._must))
            return completion
        calls = tuple(_read(found) for found in _CALL.findall(text))
        if text.count(OPEN) != len(calls):
            raise Unreadable(f"a {OPEN} has no {CLOSE}")
        self._must = ""
        message = Message("assistant", text[:begin].rstrip(), calls)
        return attrs.evolve(completion, message=message, finish_reason="tool_calls")


def _demand(choice: str) -> str:
    what = "a tool" if choice == "required" else f"the tool {choice}"
    return f"Your first answer must call {what}, with a {OPEN} line."


def _described(tool: ToolSpec) -> str:
    shown = {"name": tool.name, "description": tool.description, "arguments": tool.parameters}
    return json.dumps(shown, ensure_ascii=False)


def _read(text: str) -> ToolCall:
    try:
        call = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise Unreadable(f"what stands in {OPEN} is not JSON: {cause}") from cause
    if not isinstance(call, dict) or not isinstance(call.get("name"), str):
        raise Unreadable(f'what stands in {OPEN} must be an object with "name" and "arguments"')
    arguments = call.get("arguments", {})
    written = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return ToolCall(f"call_{os.urandom(8).hex()}", call["name"], written)


def _leading_answers(messages: Sequence[Message]) -> list[Message]:
    answers = []
    for message in messages:
        if message.role != "tool":
            break
        answers.append(message)
    return answers


def _answered(message: Message, name: str) -> str:
    shown = json.dumps({"name": name, "output": message.content}, ensure_ascii=False).replace("<", "\\u003c")
    return f"<tool_result>{shown}</tool_result>"


def _written(call: ToolCall) -> str:
    return f'{OPEN}{{"name": {json.dumps(call.name)}, "arguments": {call.arguments or "{}"}}}{CLOSE}'


class Quiet:
    """Passes streamed text on up to the first call in it; what may be the beginning of one waits for more."""

    def __init__(self) -> None:
        self._held = ""
        self._calling = False

    def add(self, text: str) -> str:
        """What of the text, and of what was held back, may be shown."""
        if self._calling:
            return ""
        text = self._held + text
        begin = text.find(OPEN)
        if begin >= 0:
            self._calling, self._held = True, ""
            return text[:begin]
        waits = next((size for size in range(len(OPEN) - 1, 0, -1) if text.endswith(OPEN[:size])), 0)
        self._held = text[len(text) - waits :]
        return text[: len(text) - waits]

    def end(self) -> str:
        """What was held back and was no call after all; the next answer begins."""
        rest, self._held, self._calling = self._held, "", False
        return rest
