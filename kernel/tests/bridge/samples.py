"""Values that a script can take, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from llmspell.values import HandleRef

_KEYS = st.text(max_size=5) | st.sampled_from(["$bytes", "$handle", "$", "$$float"])
_SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text()
    | st.binary()
    | st.builds(HandleRef, st.integers(0, 2**40), st.sampled_from(["Agent", "Tool"]))
)
SENDABLE: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)
