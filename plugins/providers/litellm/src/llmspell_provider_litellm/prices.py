"""What litellm's own table says of a model: prices and abilities.

The table is a file of the package, read without importing litellm: `capabilities` must answer at once, and
before the first call. A price of zero counts as unknown, because that is how the table writes many of those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs

from llmspell.message import Usage

_FILE = "model_prices_and_context_window_backup.json"


@attrs.frozen
class Listed:
    """One model of the table."""

    service: str
    tools: bool
    response_format: bool
    priced: bool

    def belongs_to(self, prefix: str) -> bool:
        """Whether a route reaches it; the table cuts some services finer than routes do (`vertex_ai-...`)."""
        return self.service == prefix or self.service.startswith((f"{prefix}-", f"{prefix}_"))


@cache
def table() -> Mapping[str, Listed]:
    """Every chat model by its name in the table: some names have a prefix, some have none."""
    spec = find_spec("litellm")
    assert spec is not None
    assert spec.submodule_search_locations
    text = Path(spec.submodule_search_locations[0], _FILE).read_bytes()
    return {name: _listed(entry) for name, entry in json.loads(text).items() if entry.get("mode") == "chat"}


def _listed(entry: Mapping[str, Any]) -> Listed:
    return Listed(
        entry.get("litellm_provider", ""),
        bool(entry.get("supports_function_calling")),
        bool(entry.get("supports_response_schema")),
        bool(entry.get("input_cost_per_token") and entry.get("output_cost_per_token")),
    )


def find(model: str) -> Listed | None:
    """The entry of a model's full name, as in `anthropic/claude-sonnet-4-5`; None when there is none."""
    if model in table():
        return table()[model]
    prefix, _, name = model.partition("/")
    bare = table().get(name)
    return bare if bare is not None and bare.belongs_to(prefix) else None


def names(prefix: str) -> Iterator[str]:
    """The models that a route reaches, without its prefix."""
    for name, listed in table().items():
        if name.startswith(f"{prefix}/"):
            yield name.removeprefix(f"{prefix}/")
        elif listed.belongs_to(prefix) and "/" not in name:
            yield name


def cost(litellm: Any, model: str, usage: Usage, counted: Any) -> float | None:
    """The price of one call in USD; None when it is not known.

    Args:
        litellm: the module.
        model: the full name.
        usage: the tokens, as we count them.
        counted: litellm's own usage object, with cache writes and the like.
    """
    listed = find(model)
    if listed is None or not listed.priced or not usage.total_tokens:
        return None
    prefix, slash, _ = model.partition("/")
    service = prefix if slash else None  # said outright: litellm would take some Azure models for OpenAI's
    try:
        parts = litellm.cost_per_token(model=model, custom_llm_provider=service, usage_object=counted)
    except Exception:  # whatever it stumbles over, the answer itself is good; its price is unknown then
        return None
    return float(sum(parts))
