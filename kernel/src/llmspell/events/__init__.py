"""The event log: the truth of a run, which logging, metrics, tracing and replay read."""

from llmspell.events.log import DROPPED, Event, EventLog, Subscription
from llmspell.events.pattern import matcher

__all__ = ["DROPPED", "Event", "EventLog", "Subscription", "matcher"]
