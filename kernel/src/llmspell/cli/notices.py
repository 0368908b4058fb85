"""What a person at the terminal wants to see of a run while it goes on."""

from __future__ import annotations

from typing import Any

from llmspell.events import Event


def notice(event: Event) -> str:
    """A line for standard error, or nothing for most events."""
    data = event.data
    match event.kind:
        case "log.info" | "log.warn" | "log.error":
            return f"{event.kind[4:]}: {data['message']}{_fields(data['fields'])}"
        case "offline.notice":
            return f"note: {data['message']}"
        case "llm.retry":
            return (
                f"note: waiting {data['wait']:.1f} s, then attempt {data['attempt']} of {data['of']} ({data['reason']})"
            )
        case "approval.waiting":
            return (
                f"note: for {data['timeout']:g} s this waits for an approval to {data['what']}\n"
                f"hint: in another terminal, type: llmspell approvals approve {data['id']}"
            )
        case "approval.ignored":
            return f"warn: an answer to approval {data['id']} was ignored: {data['reason']}"
        case "hook.failed":
            return f"warn: hook {data['hook']} failed: {data['error']}"
        case "hook.disabled":
            return f"warn: hook {data['hook']} is switched off after {data['failures']} failures in a row"
        case "session.joined" if data["new"]:
            return f"note: the session {data['session']!r} is new"
        case "replay.differs":
            return "\n".join([f"warn: {data['name']} at {event.path} was asked something else:", *data["differences"]])
        case "subscriber.failed":
            return f"warn: the subscriber of {data['pattern']!r} failed: {data['error']['message']}"
    return ""


def _fields(fields: dict[str, Any]) -> str:
    return "".join(f" {key}={value!r}" for key, value in fields.items())
