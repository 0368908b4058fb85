"""Contract suites: a plugin's tests subclass them to show that the plugin keeps the contract of its kind.

They need pytest and pytest-asyncio (`llmspell[testing]`). Importing this package makes pytest explain their
failed assertions as it does those of a test file.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    *(
        f"llmspell.testing.contracts.{kind}"
        for kind in ("agent", "engine", "hook", "provider", "store", "store_model", "store_processes", "tool")
    )
)
