"""The global `State`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from llmspell.script.check import Function
from llmspell.script.declare import Global, method
from llmspell.script.shapes import Called


class State(Global):
    """Values that the parts of a run share, in memory, by key; gone when the run ends."""

    @method
    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default (nothing) when it is not set."""
        return self.session.run.state.get(key, default)

    @method
    def set(self, key: str, value: Any) -> None:
        """Set a key."""
        self.session.run.state[key] = value

    @method
    def delete(self, key: str) -> bool:
        """Unset a key; whether it was set."""
        return self.session.run.state.pop(key, _ABSENT) is not _ABSENT

    @method
    def list_(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""
        return sorted(key for key in self.session.run.state if key.startswith(prefix))

    @method
    async def update(self, key: str, function: Annotated[Function, Called(value=Any, gives=Any)]) -> Any:
        """Set a key to `function(value)` and give the new value; no other update of the key comes between."""
        state = self.session.run.state
        async with self.session.run.state_locks.setdefault(key, asyncio.Lock()):
            state[key] = await function(state.get(key), parent=self.session.parent)
            return state[key]


_ABSENT = object()
