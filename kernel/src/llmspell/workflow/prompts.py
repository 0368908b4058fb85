"""Steps that ask a model once, without tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.agent import AgentEvent, OnEvent
from llmspell.errors import ProviderError
from llmspell.gate import Operation
from llmspell.message import Completion, Delta, Message, ModelRequest, TextDelta
from llmspell.result import COMPLETED, Result
from llmspell.workflow.definition import Action
from llmspell.workflow.frame import Frame
from llmspell.workflow.placeholders import Render, Visible, compiled, worded

_CUT = {"length": "budget.max_tokens", "content_filter": "refused"}


@attrs.frozen
class Prompt:
    """How a model is asked; with `schema`, for JSON and nothing else."""

    model: str
    system: Render
    temperature: float | None
    max_tokens: int | None
    schema: Mapping[str, Any] | None
    where: str

    @classmethod
    def of(cls, given: Action, visible: Visible, where: str, schema: Mapping[str, Any] | None) -> Prompt:
        """What a step says about it."""
        system = compiled(given.system, visible, where)
        return cls(given.model, system, given.temperature, given.max_tokens, schema, where)

    async def ask(self, text: str, operation: Operation, frame: Frame, on_event: OnEvent | None) -> Result:
        """The model's answer.

        Raises:
            ProviderError: it did not answer, or not with JSON where it was asked for it.
        """
        run = operation.run
        request = self._request(text, worded(self.system(frame)), operation)
        completion = await run.complete(self.model, request, operation, _listener(on_event))
        return self._result(completion)

    def _request(self, text: str, system: str, operation: Operation) -> ModelRequest:
        native = self.schema is not None and operation.run.capabilities(self.model).response_format
        if self.schema is not None and not native:
            asked = "Answer with JSON that fits this schema, with nothing before or after it:\n"
            system = f"{system}\n\n{asked}{json.dumps(self.schema, sort_keys=True)}".lstrip()
        first = (Message("system", system),) if system else ()
        schema = {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(self.schema or {})}}
        return ModelRequest(
            "",
            (*first, Message("user", text)),
            response_format=schema if native else None,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            timeout=operation.run.model_timeout,
        )

    def _result(self, completion: Completion) -> Result:
        text = completion.message.content
        stop = _CUT.get(completion.finish_reason, COMPLETED)
        output = self._read(text) if stop == COMPLETED and self.schema is not None else text
        return Result(text, output, stop, completion.usage, completion.cost)

    def _read(self, text: str) -> Any:
        """The JSON that the model was asked for; a fence around the whole of it is taken off."""
        text = text.strip()
        if text.startswith("```") and text.endswith("```"):
            text = text.removesuffix("```").partition("\n")[2]
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as cause:
            raise ProviderError(f"{self.where}: the model's answer is not JSON: {cause}", retryable=True) from cause


def _listener(on_event: OnEvent | None) -> Any:  # Any: a function of a delta, or None
    if on_event is None:
        return None

    def listen(delta: Delta) -> None:
        if isinstance(delta, TextDelta):
            on_event(AgentEvent("text", {"text": delta.text}))

    return listen
