"""What the plugin offers: the hook `metrics`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from llmspell import hookimpl
from llmspell_hook_metrics.hook import MetricsHook

if TYPE_CHECKING:
    from llmspell.plugins import Settings


@attrs.frozen
class MetricsSettings:
    """The table `[hook.metrics]`: it has no settings, so that any key in it is an error."""


@hookimpl
def llmspell_hooks(settings: Settings) -> Mapping[str, object]:
    """The hook; one instance counts all runs of a kernel."""
    settings.table("hook", "metrics", MetricsSettings)
    return {"metrics": MetricsHook()}
