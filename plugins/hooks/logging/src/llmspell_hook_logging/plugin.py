"""What the plugin offers: the hook `logging`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmspell import hookimpl
from llmspell.redaction import Redactor
from llmspell_hook_logging.hook import LoggingHook, LoggingSettings

if TYPE_CHECKING:
    from llmspell.plugins import Settings


@hookimpl
def llmspell_hooks(settings: Settings) -> Mapping[str, object]:
    """The hook, set up by `[hook.logging]`; it knows the secret variables of the environment by value."""
    own = settings.table("hook", "logging", LoggingSettings)
    return {"logging": LoggingHook(own, Redactor.of_environment(settings.environ))}
