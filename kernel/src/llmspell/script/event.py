"""The global `Event`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import attrs

from llmspell.errors import LlmspellError, UsageError
from llmspell.events import Subscription
from llmspell.script.check import Function
from llmspell.script.declare import Global, Handle, method, shaped
from llmspell.script.shapes import Called, EventShape


@attrs.frozen
class SubscribeOptions:
    """How a subscription treats a slow reader.

    At most `limit` events wait; what does not fit is dropped, and an `events.dropped` event tells how many
    (`overflow = "drop"`), or `Event.publish` waits for room (`overflow = "wait"`).
    """

    limit: int = 256
    overflow: Literal["drop", "wait"] = "drop"


class SubscriptionHandle(Handle):
    """Events that match a pattern; iterate over it, or call `next`."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    @method
    @shaped(gives=EventShape | None)
    async def next(self) -> Any:
        """The next event (`seq`, `time`, `run`, `path`, `kind`, `data`); nothing once the subscription is closed."""
        event = await self._subscription.next()
        return None if event is None else event.to_dict()

    @method
    def close(self) -> None:
        """Take no more events; those that wait can still be read."""
        self._subscription.close()

    async def released(self) -> None:
        """Close the subscription."""
        self._subscription.close()


class Event(Global):
    """The run's event log: what happened, in order, and what spells add to it."""

    @method
    async def publish(self, kind: str, data: Mapping[str, Any] | None = None) -> int:
        """Append an event of the spell's own, and give its number. Its kind must not be one of llmspell's."""
        check_kind(kind)
        self.session.run.quota.count_event()
        event = await self.session.run.log.publish(kind, self.session.parent.path, dict(data or {}))
        return event.seq

    @method
    def subscribe(
        self,
        pattern: str,
        function: Annotated[Function, Called(event=EventShape)] | None = None,
        options: SubscribeOptions | None = None,
    ) -> SubscriptionHandle:
        """Events from now on: a kind, `prefix.*`, `*.suffix`, or `**` for all; a function is called with each."""
        options = options or SubscribeOptions()
        log = self.session.run.log
        subscription = log.subscribe(pattern, limit=options.limit, wait=options.overflow == "wait")
        if function is not None:
            self.session.run.spawn(self._deliver(subscription, function))
        return SubscriptionHandle(subscription)

    @method
    @shaped(gives=list[EventShape])
    def history(self, pattern: str = "**") -> Any:
        """The events so far that match."""
        return [event.to_dict() for event in self.session.run.log.history(pattern)]

    async def _deliver(self, subscription: Subscription, function: Function) -> None:
        async for event in subscription:
            try:
                await function(event.to_dict())
            except LlmspellError as error:
                data = {"pattern": subscription.pattern, "error": error.to_dict()}
                self.session.run.log.append("subscriber.failed", "run", data)
                subscription.close()
                return


_OWN = frozenset(
    [
        "agent",
        "approval",
        "artifact",
        "config",
        "events",
        "handoff",
        "hook",
        "http",
        "llm",
        "log",
        "net",
        "offline",
        "permission",
        "process",
        "router",
        "replay",
        "script",
        "session",
        "step",
        "subscriber",
        "tool",
        "workflow",
    ]
)


def check_kind(kind: str) -> None:
    """Let a kind of event pass that a script may publish.

    Raises:
        UsageError: it is none, or one of llmspell's own.
    """
    import re

    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", kind):
        raise UsageError(f"{kind!r} is not an event kind", hint="write words joined by dots, such as 'report.ready'")
    if kind.partition(".")[0] in _OWN:
        raise UsageError(
            f"event kinds that start with {kind.partition('.')[0]!r} are llmspell's own",
            hint=f"try 'my.{kind}'",
        )
