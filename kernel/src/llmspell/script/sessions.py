"""The global `Session`, and the handle of one session."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import attrs

from llmspell.errors import UsageError
from llmspell.export import message_dict, result_dict
from llmspell.script.agent import AgentHandle
from llmspell.script.chat import SendOptions
from llmspell.script.declare import Global, Handle, method, shaped
from llmspell.script.shapes import (
    CallShape,
    FailureShape,
    MessageShape,
    ReplyShape,
    StreamEventShape,
    UsageShape,
)
from llmspell.script.stream import OnEvent, StreamHandle, listener, telling

if TYPE_CHECKING:
    from llmspell.agent import BaseAgent
    from llmspell.gate import Operation
    from llmspell.script.session import Session as Script
    from llmspell.sessions import About, Conversation, Sessions
    from llmspell.sessions import Session as Kept


class ForkedFromShape(TypedDict):
    """Where a session comes from: the other's id, and how many of its turns it began with."""

    session: str
    turn: int


class SessionInfoShape(TypedDict):
    """What is known of a session; `cost` is USD, and missing where nobody knows it; times are ISO 8601, in UTC."""

    id: str
    title: str
    tags: list[str]
    user: str
    data: dict[str, Any]
    created: str
    updated: str
    turns: int
    usage: UsageShape
    cost: NotRequired[float]
    agent: str
    forked_from: NotRequired[ForkedFromShape]


class TurnShape(TypedDict):
    """One question and what came of it; `messages` is what it added to the history, nothing when it failed.

    With `replaces` they took the place of all that was said before, which compaction had made shorter.
    """

    number: int
    asked: str
    agent: str
    input: str
    messages: list[MessageShape]
    replaces: bool
    calls: list[CallShape]
    stop_reason: str
    output: NotRequired[Any]
    error: NotRequired[FailureShape]
    usage: UsageShape
    cost: NotRequired[float]
    time: str
    duration: float


class ArtifactRefShape(TypedDict):
    """An artifact that belongs to a session, put after so many of its turns; `Artifact.get` has its content."""

    name: str
    version: int
    digest: str
    type: str
    size: int
    turn: int


@attrs.frozen
class SessionOptions:
    """What a session is called: its `id`, or one that nobody has; and what is said about it.

    `user` is whose it is, the run's own unless given; `data` is plain data of yours.
    """

    id: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    user: str | None = None
    data: Mapping[str, Any] = attrs.field(factory=dict)

    def about(self, user: str) -> About:
        """What is said about it, where `user` is the run's own."""
        from llmspell.sessions import About

        return About(self.title, self.tags, user if self.user is None else self.user, self.data)


@attrs.frozen
class DescribeOptions:
    """What to say about a session from now on; what is not given stays."""

    title: str | None = None
    tags: tuple[str, ...] | None = None
    user: str | None = None
    data: Mapping[str, Any] | None = None


@attrs.frozen
class SessionListOptions:
    """Which sessions are listed: those of a `user`, those with a `tag`; all without."""

    user: str = ""
    tag: str = ""


@attrs.frozen
class SessionForkOptions:
    """How a session is forked: after the `turn` of this number, or the last one; with an `id` and a `title`."""

    turn: int | None = None
    id: str = ""
    title: str | None = None


@attrs.frozen
class SessionImportOptions:
    """Under which `id` a session is imported; the one that it had unless given."""

    id: str = ""


class SessionHandle(Handle):
    """A conversation that is kept. Each turn is added to it as a whole, or not at all."""

    def __init__(self, script: Script, sessions: Sessions, conversation: Conversation) -> None:
        self._script = script
        self._sessions = sessions
        self._conversation = conversation

    @property
    def _session(self) -> Kept:
        return self._conversation.session

    @method
    def id_(self) -> str:
        """Its name, with which any run can open it again."""
        return self._session.id

    @method
    @shaped(gives=ReplyShape)
    async def run(self, agent: AgentHandle | str, input: str, options: SendOptions | None = None) -> Any:  # noqa: A002 the scripts' word
        """An agent's answer to one more message: it knows what was said before, and the turn is kept.

        Where the agent had handed the session over to another one, that one answers. What a turn that fails or is
        cancelled has said is not part of the history; `turns` has that there was one, and why it failed.
        """
        parent = self._script.parent
        work = partial(self._work, self._agent(agent), input, parent)
        if options is None or options.on_event is None:
            return await work(None)
        return await telling(options.on_event, work, parent)

    @method
    def stream(
        self,
        agent: AgentHandle | str,
        input: str,  # noqa: A002 as above
        options: SendOptions | None = None,
    ) -> StreamHandle[ReplyShape, StreamEventShape]:
        """An agent's answer as it comes; `result()` is what `run` would give."""
        if options is not None and options.on_event is not None:
            raise UsageError("Session.stream: on_event belongs to run; iterate over the stream instead")
        work = partial(self._work, self._agent(agent), input, self._script.parent)
        return StreamHandle(self._script.run, work)

    def _agent(self, agent: AgentHandle | str) -> BaseAgent:
        if isinstance(agent, AgentHandle):
            return agent.agent
        from llmspell.agents.lookup import find_agent

        return find_agent(self._script.run, agent)

    async def _work(self, agent: BaseAgent, text: str, parent: Operation, on_event: OnEvent | None) -> Any:
        return result_dict(await self._conversation.send(agent, text, parent, listener(on_event)))

    @method
    @shaped(gives=list[MessageShape])
    def history(self) -> Any:
        """The messages that the next turn begins with, without the system's; every call has its answer."""
        return [message_dict(message) for message in self._session.history]

    @method
    @shaped(gives=list[TurnShape])
    async def turns(self) -> Any:
        """All turns from the first, with all that was said and done, also those that failed."""
        from llmspell.sessions.shown import turn_dict

        return [turn_dict(turn) for turn in await self._session.turns()]

    @method
    @shaped(gives=SessionInfoShape)
    def info(self) -> Any:
        """What is known of it: `id`, `title`, `tags`, `user`, `data`, `turns`, `usage`, `cost`, times."""
        from llmspell.sessions.shown import info_dict

        return info_dict(self._session.info)

    @method
    async def describe(self, options: DescribeOptions) -> None:
        """Change what is said about it; this may be done while another run goes on with it."""
        given = {name: value for name, value in attrs.asdict(options, recurse=False).items() if value is not None}
        await self._session.describe(lambda about: attrs.evolve(about, **given))

    @method
    @shaped(gives=list[ArtifactRefShape])
    async def artifacts(self) -> Any:
        """The artifacts that belong to it, in the order in which they were put."""
        return [attrs.asdict(artifact) for artifact in await self._session.artifacts()]

    @method
    async def fork(self, options: SessionForkOptions | None = None) -> SessionHandle:
        """A new session that begins with what was said in this one, up to a turn, and with its state as it is now."""
        options = options or SessionForkOptions()
        about = self._session.info.about
        if options.title is not None:
            about = attrs.evolve(about, title=options.title)
        fork = await self._sessions.fork(self._session.id, options.id, turn=options.turn, about=about)
        return _handle(self._script, self._sessions, fork)

    @method
    async def export(self) -> dict[str, Any]:
        """All of it as plain data, for `Session.import` or to be kept as JSON; the artifacts are only named."""
        from llmspell.sessions.document import export_session

        return await export_session(self._sessions, self._session.id, self._script.run.log.redactor)


class Session(Global):
    """Conversations that are kept, to be gone on with by this run and by others.

    The run belongs to the session that it was started in, or that it created, opened or imported last:
    `State.scope("session")` is that one's state, and artifacts that are put belong to it. In a turn it is the turn's
    own session.
    """

    @property
    def _sessions(self) -> Sessions:
        from llmspell.sessions import Sessions

        return Sessions.of(self.session.run)

    @method
    async def create(self, options: SessionOptions | None = None) -> SessionHandle:
        """A new session; an `id` that one has already is an error."""
        options = options or SessionOptions()
        return self._current(await self._sessions.create(options.id, options.about(self.session.run.user)))

    @method
    async def open(self, id: str) -> SessionHandle:  # noqa: A002 the scripts' word
        """The session of this id."""
        return self._current(await self._sessions.open(id))

    @method
    async def resume(self, id: str, options: SessionOptions | None = None) -> SessionHandle:  # noqa: A002 as above
        """The session of this id; a new one, with these options, where there is none."""
        options = options or SessionOptions()
        if options.id not in ("", id):
            raise UsageError(f"Session.resume: the id is {id!r}, and options.id is {options.id!r}")
        return self._current(await self._sessions.resume(id, options.about(self.session.run.user)))

    @method
    async def current(self) -> SessionHandle:
        """The session that the run belongs to, such as the one of `llmspell run --session`."""
        run = self.session.run
        if not run.session:
            raise UsageError(
                "this run belongs to no session",
                kind="not_found",
                component="session",
                hint="create or resume one, or type: llmspell run --session NAME",
            )
        if run.conversation is not None and run.conversation.session.id == run.session:
            return SessionHandle(self.session, self._sessions, run.conversation)
        return _handle(self.session, self._sessions, await self._sessions.open(run.session))

    @method
    @shaped(gives=list[SessionInfoShape])
    async def list_(self, options: SessionListOptions | None = None) -> Any:
        """What is known of the sessions, the one that changed last first.

        One that cannot be read is left out, and the event `session.unreadable` says why.
        """
        from llmspell.sessions.shown import info_dict

        options = options or SessionListOptions()
        listing = await self._sessions.list(user=options.user, tag=options.tag)
        for problem in listing.problems:
            self.session.run.log.append("session.unreadable", "run", {"error": problem.to_dict()})
        return [info_dict(info) for info in listing.sessions]

    @method
    async def import_(self, data: Mapping[str, Any], options: SessionImportOptions | None = None) -> SessionHandle:
        """A new session of what `export` gave, under the id that it had or another one."""
        from llmspell.sessions.document import import_session

        name = options.id if options else ""
        return self._current(await import_session(self._sessions, self.session.run.store, data, name))

    @method
    async def delete(self, id: str) -> None:  # noqa: A002 as above
        """Remove a session with its state; its artifacts stay."""
        await self._sessions.delete(id)
        if self.session.run.session == id:
            self.session.run.session = ""

    def _current(self, kept: Kept) -> SessionHandle:
        self.session.run.session = kept.id
        return _handle(self.session, self._sessions, kept)


def _handle(script: Script, sessions: Sessions, kept: Kept) -> SessionHandle:
    from llmspell.sessions import Conversation

    return SessionHandle(script, sessions, Conversation(script.run, kept))
