"""A configuration whose stores are nobody's: for tests of spells, and for drawings of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from llmspell.config import LoadedConfig


def without_stores(loaded: LoadedConfig) -> LoadedConfig:
    """The configuration without `[store.*]`, but for what `--set`, or a test case, says of them.

    A store is then where its plugin puts it by itself: below `LLMSPELL_DATA_HOME`, which the caller sets to an empty
    folder.
    """
    run, tables = loaded.config.run, loaded.config.store
    said: dict[str, Any] = next((layer.data for layer in loaded.layers if layer.kind == "command line"), {})
    own = said.get("store", {})
    if run.store in tables and run.store not in own:
        run = attrs.evolve(run, store=type(run)().store)  # the table may have been all that there is of it
    return attrs.evolve(loaded, config=attrs.evolve(loaded.config, run=run, store=own))
