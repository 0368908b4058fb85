"""Modules imported anew with one line changed, to see which test turns red."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


@contextmanager
def mutated(module: str, written: str, instead: str, *anew: str) -> Iterator[None]:
    """Modules that are imported anew when they are next asked for, one with a change; and put back in the end.

    Args:
        module: the name of the one that is changed.
        written: stands in its source once.
        instead: what stands there now.
        anew: the modules that are forgotten, with all below them; `module` is one of those.
    """
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).read_text().count(written) == 1, f"{module} has not {written!r} once"
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_below(name, anew)}
    finder = _Finder(module, written, instead)
    sys.meta_path.insert(0, finder)
    try:
        yield
        assert finder.found == [module]
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _is_below(name, anew)]:
            del sys.modules[name]
        sys.modules.update(kept)
        for name in anew:
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:  # the import system set it
                setattr(sys.modules[parent], child, kept[name])


def _is_below(name: str, above: Sequence[str]) -> bool:
    return any(f"{name}.".startswith(f"{each}.") for each in above)


class _Finder:
    """Finds one module, and gives it its change."""

    def __init__(self, module: str, written: str, instead: str) -> None:
        self._module = module
        self._change = (written, instead)
        self.found: list[str] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._module:
            return None
        spec = PathFinder.find_spec(name, path)
        assert spec is not None
        assert isinstance(spec.loader, SourceFileLoader)
        spec.loader = _Loader(name, spec.loader.path, *self._change)
        self.found.append(name)
        return spec


class _Loader(SourceFileLoader):
    """Loads a module with its change, and never from a cache."""

    def __init__(self, name: str, path: str, written: str, instead: str) -> None:
        super().__init__(name, path)
        self._change = (written, instead)

    def get_code(self, fullname: str) -> object:  # type: ignore[override]  # as the base class does
        return compile(self.get_data(self.path).decode().replace(*self._change), self.path, "exec")
