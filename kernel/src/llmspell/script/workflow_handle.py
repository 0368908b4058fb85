"""The handle of a workflow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from llmspell.errors import UsageError
from llmspell.export import result_dict
from llmspell.gate import Operation
from llmspell.script.agent import AgentHandle, AskOptions, ToolNameOptions
from llmspell.script.convert import to_messages
from llmspell.script.declare import method, shaped
from llmspell.script.shapes import ReplyShape, StreamEventShape
from llmspell.script.stream import OnEvent, StreamHandle, listener, telling
from llmspell.script.tool import ToolHandle
from llmspell.tool import as_text

if TYPE_CHECKING:
    from llmspell.script.session import Session
    from llmspell.workflow import Workflow


class WorkflowHandle(AgentHandle):
    """A workflow that can be run. It can stand wherever an agent can, and be a step of another workflow."""

    type_name: ClassVar[str] = "Workflow"

    agent: Workflow

    def __init__(self, session: Session, workflow: Workflow) -> None:
        super().__init__(session, workflow)

    @method
    @shaped(gives=ReplyShape)
    async def run(self, input: Any = None, options: AskOptions | None = None) -> Any:  # noqa: A002 the scripts' word
        """What comes of it: `output`, `text`, `steps`, `stop_reason`, `usage`, `cost`.

        The `input` may be any data. A step that fails, and does not say otherwise, raises its error, whose `details`
        have the `steps` so far; a limit is no error but a `stop_reason`.
        """
        options = options or AskOptions()
        parent = self._session.parent
        work = partial(self._flow, input, options, parent)
        if options.on_event is None:
            return await work(None)
        return await telling(options.on_event, work, parent)

    @method
    def stream(
        self,
        input: Any = None,  # noqa: A002 as above
        options: AskOptions | None = None,
    ) -> StreamHandle[ReplyShape, StreamEventShape]:
        """What the agents and models in it say as it comes; `result()` is what `run` would give."""
        options = options or AskOptions()
        if options.on_event is not None:
            raise UsageError("Workflow.stream: on_event belongs to run; iterate over the stream instead")
        return StreamHandle(self._session.run, partial(self._flow, input, options, self._session.parent))

    async def _flow(self, given: Any, options: AskOptions, parent: Operation, on_event: OnEvent | None) -> Any:
        from llmspell.workflow import WorkflowInput

        request = WorkflowInput(as_text(given), to_messages(options.history), listener(on_event), value=given)
        return result_dict(await self._session.run.run_agent(self.agent, request, parent))

    @method
    def graph(self, format: Literal["mermaid", "svg"] = "mermaid") -> str:  # noqa: A002 the scripts' word
        """A drawing of the workflow: the text of a Mermaid diagram, or an SVG image."""
        from llmspell.workflow.drawing import drawn

        return drawn([self.agent.definition], format)

    @method
    def dump(self, format: Literal["yaml", "json"] = "yaml") -> str:  # noqa: A002 the scripts' word
        """The workflow as text, which `Workflow.load` reads; what holds functions or handles cannot be written."""
        from llmspell.workflow.data import dump

        return dump(self.agent.definition, format)

    @method
    def as_tool(self, options: ToolNameOptions | None = None) -> ToolHandle:
        """The workflow as a tool that runs it, for the `tools` of agents."""
        return super().as_tool(options)

    @method
    def close(self) -> None:
        """Forget the workflow; its name is free again."""
        super().close()
