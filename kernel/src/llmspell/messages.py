"""Messages of a conversation that is only added to: what there was before is shared, and never copied.

A model is asked again and again with all that was said and a little more. As tuples that costs a copy each time, which
grows with the conversation; as `Messages` it costs what is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, overload

from llmspell.message import Message


class Messages(Sequence[Message]):
    """Messages in order; they never change, and equal a tuple of the same.

    Several share one list, of which each has the beginning. The first that is added to adds to the list itself; any
    other takes a copy. Slices are tuples. It belongs to one thread.
    """

    __slots__ = ("_length", "_shared")

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._shared = list(messages)
        self._length = len(self._shared)

    @classmethod
    def of(cls, messages: Sequence[Message]) -> Messages:
        """The messages, without a copy if they are such already."""
        return messages if isinstance(messages, Messages) else cls(messages)

    def plus(self, *more: Message) -> Messages:
        """These, and more after them."""
        shared = self._shared if len(self._shared) == self._length else self._shared[: self._length]
        shared.extend(more)
        made = Messages.__new__(Messages)
        made._shared, made._length = shared, len(shared)
        return made

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Message: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Message, ...]: ...

    def __getitem__(self, index: int | slice) -> Message | tuple[Message, ...]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._length)
            if step > 0:
                return tuple(self._shared[start : max(start, stop) : step])
            return tuple(self._shared[at] for at in range(start, stop, step))
        if not -self._length <= index < self._length:
            raise IndexError(f"there are {self._length} messages, and none at {index}")
        return self._shared[index if index >= 0 else index + self._length]

    def __iter__(self) -> Iterator[Message]:
        return islice(self._shared, self._length)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Messages):
            if self._shared is other._shared:
                return self._length == other._length
            return self[:] == other[:]
        return self[:] == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self[:])

    def __add__(self, other: Any) -> Messages:
        return self.plus(*other) if isinstance(other, tuple | Messages) else NotImplemented

    def __radd__(self, other: Any) -> Messages:
        return Messages((*other, *self)) if isinstance(other, tuple) else NotImplemented

    def __repr__(self) -> str:
        return repr(self[:])
