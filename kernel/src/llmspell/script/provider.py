"""The global `Provider`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell.gate import Operation
from llmspell.message import Delta, Message, ModelRequest
from llmspell.script.convert import MessageOptions, completion_dict, text_event, to_messages
from llmspell.script.declare import Global, method, shaped
from llmspell.script.shapes import CompletionShape, TextEventShape
from llmspell.script.stream import OnEvent, StreamHandle


@attrs.frozen
class CompleteOptions:
    """A request to a model: a `prompt`, or `messages`; `system` stands before either.

    `model` is `provider/model`, or nothing for the default. `timeout` is seconds for the whole call.
    `response_format` is OpenAI's object. `extra` goes to the server as it is.
    """

    model: str = ""
    prompt: str = ""
    messages: tuple[MessageOptions, ...] = ()
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    response_format: Mapping[str, Any] | None = None
    timeout: float | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict)

    def request(self, timeout: float) -> ModelRequest:
        """The kernel's request, with a default timeout; the run fills in the model."""
        if bool(self.prompt) == bool(self.messages):
            raise UsageError("Provider: give either prompt or messages")
        system = (Message("system", self.system),) if self.system else ()
        asked = (Message("user", self.prompt),) if self.prompt else to_messages(self.messages)
        return ModelRequest(
            model="",
            messages=system + asked,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            stop=self.stop,
            seed=self.seed,
            response_format=self.response_format,
            timeout=timeout if self.timeout is None else self.timeout,
            extra=self.extra,
        )


class Provider(Global):
    """Models, asked directly: one request, one answer, no tools and no loop."""

    @method
    @shaped(gives=CompletionShape)
    async def complete(self, options: CompleteOptions) -> Any:
        """A model's answer: `text`, `finish_reason`, `usage`, `model`, and `cost` in USD where it is known."""
        run, parent = self.session.run, self.session.parent
        return completion_dict(await run.complete(options.model, options.request(run.model_timeout), parent))

    @method
    def stream(self, options: CompleteOptions) -> StreamHandle[CompletionShape, TextEventShape]:
        """A model's answer as it comes: events of type `text`; `result()` is the whole answer."""
        run = self.session.run
        return StreamHandle(
            run, partial(self._stream, options.model, options.request(run.model_timeout), self.session.parent)
        )

    async def _stream(self, model: str, request: ModelRequest, parent: Operation, on_event: OnEvent) -> Any:
        def on_delta(delta: Delta) -> None:
            event = text_event(delta)
            if event is not None:
                on_event(event)

        return completion_dict(await self.session.run.complete(model, request, parent, on_delta))

    @method
    def list_(self) -> list[str]:
        """The names of the installed providers."""
        return self.session.run.models.names()

    @method
    async def models(self, provider: str) -> list[str]:
        """The models that a provider knows of, as `provider/model`; it may ask its server."""
        found = await self.session.run.models.provider(provider).models()
        return [f"{provider}/{model}" for model in found]
