"""Reading XML that nobody vouches for, piece by piece.

A document type is refused, and with it entities of its own, external ones and their expansion; so are elements nested
deeper, or larger, than any office program writes. Namespaces are dropped: the strict and the transitional variants of
office formats differ in nothing else that is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MOST_DEEP = 200
MOST_NODES = 200_000
_SEPARATOR = " "


def elements(chunks: Iterable[bytes], wanted: frozenset[str], error: Callable[[str], Exception]) -> Iterator[Element]:
    """Each outermost element with a wanted tag, whole; all else is passed over.

    Args:
        chunks: the document.
        wanted: tags without namespaces.
        error: makes what is raised of a reason.
    """
    collector = _Collector(wanted, error)
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = collector.refuse
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield from collector.taken()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as cause:  # the latter two for an encoding nobody has
        raise error(f"it is not well-formed XML: {cause}") from cause
    yield from collector.taken()


class _Collector:
    """Builds trees of what is wanted."""

    def __init__(self, wanted: frozenset[str], error: Callable[[str], Exception]) -> None:
        self._wanted = wanted
        self._error = error
        self._done: list[Element] = []
        self._builder = TreeBuilder()
        self._depth = 0
        self._inside = 0
        self._nodes = 0

    def taken(self) -> list[Element]:
        """The elements that are complete since the last time."""
        done, self._done = self._done, []
        return done

    def refuse(self, *_: object) -> None:
        raise self._error("it has a document type (<!DOCTYPE>), which is not read")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEEP:
            raise self._error(f"elements are nested deeper than {MOST_DEEP}")
        tag = _local(name)
        if self._inside == 0:
            if tag not in self._wanted:
                return
            self._builder = TreeBuilder()
            self._nodes = 0
        self._inside += 1
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._error(f"one element has more than {MOST_NODES} others in it")
        self._builder.start(tag, {_local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._inside:
            self._inside -= 1
            self._builder.end(_local(name))
            if self._inside == 0:
                self._done.append(self._builder.close())

    def text(self, data: str) -> None:
        if self._inside:
            self._builder.data(data)


@lru_cache(maxsize=1024)
def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2]
