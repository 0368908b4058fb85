"""A provider that answers from a script, in the process and without a clock: the model of most tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType

from llmspell.errors import ProviderError
from llmspell.message import Completion, Delta, FinishDelta, ModelRequest
from llmspell.provider import Notify, Provider, fold
from llmspell.testing.steps import Beat, Calls, Fail, Pause, Script, Step, StepFor, Text


class ScriptedModel(Provider):
    """The provider `name`, whose every model answers the next of `steps`.

        with ScriptedModel(Text("hi")) as model:
            ...

    Leaving the block checks that every step was used. An unexpected request raises `UnexpectedRequest`, and
    `assert_complete` raises it once more.

    Args:
        steps: steps, or functions from the request to a step.
        name: the part before the slash in `scripted/anything`.
        repeat: begin again after the last step; then no request is unexpected and no step unused.

    Attributes:
        requests: every request so far, in order.
    """

    def __init__(self, *steps: Step | StepFor[Step], name: str = "scripted", repeat: bool = False) -> None:
        self.name = name
        self.requests: list[ModelRequest] = []
        self._script: Script[Step] = Script(steps, repeat=repeat, who=f"the scripted model {name!r}")

    def assert_complete(self) -> None:
        """Check that there were exactly as many requests as steps.

        Raises:
            AssertionError: a step was not used, or a request had no step.
        """
        self._script.assert_complete()

    async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
        """The whole answer; a plain answer does not take the way through a stream."""
        step = self._next(request)
        if isinstance(step, Text | Calls):
            return step.completion(request.model)
        return await fold(self._play(step, request))

    async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        """The answer piece by piece."""
        async for delta in self._play(self._next(request), request):
            yield delta

    async def models(self) -> tuple[str, ...]:
        """One name; any other is answered too."""
        return ("model",)

    def default_model(self) -> str:
        """A scripted model is always set up."""
        return "model"

    def _next(self, request: ModelRequest) -> Step:
        self.requests.append(request)
        return self._script.next(request)

    async def _play(self, step: Step, request: ModelRequest) -> AsyncIterator[Delta]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + request.timeout
        beat: Beat | None = None
        for beat in step.beats(request.model):
            if isinstance(beat, Pause):
                await asyncio.sleep(min(beat.seconds, deadline - clock()))
                if clock() >= deadline:
                    raise self._error(f"took longer than {request.timeout:g} seconds", request, "timeout")
            elif isinstance(beat, Fail):
                raise beat.error(f"provider:{self.name}")
            else:
                yield beat
        if not isinstance(beat, FinishDelta):
            raise self._error("ended its stream before its answer was complete", request, "provider")

    def _error(self, what: str, request: ModelRequest, kind: str) -> ProviderError:
        component = f"provider:{self.name}"
        return ProviderError(f"{self.name}/{request.model} {what}", kind=kind, component=component, retryable=True)

    def __enter__(self) -> ScriptedModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.assert_complete()
