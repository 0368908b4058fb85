"""A package imported anew with one line changed, to see which test turns red."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any


@contextmanager
def mutated(package: str, module: str, written: str, instead: str) -> Iterator[ModuleType]:
    """The package, in the place of itself, with `written` in one of its modules replaced.

    Args:
        package: its name, such as `llmspell.files`.
        module: the name of the module in it.
        written: stands in the module's source once.
        instead: what stands there now.
    """
    parent = sys.modules[package.rpartition(".")[0]]
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if (name + ".").startswith(package + ".")}
    finder = _Finder(f"{package}.{module}", written, instead)
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module(package)
        assert finder.used
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if (name + ".").startswith(package + ".")]:
            del sys.modules[name]
        sys.modules.update(kept)
        setattr(parent, package.rpartition(".")[2], kept[package])


class _Finder:
    """Finds one module, and gives it its change."""

    def __init__(self, module: str, written: str, instead: str) -> None:
        self._module = module
        self._change = (written, instead)
        self.used = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self._module:
            return None
        self.used = True
        source = Path(path[0], f"{name.rpartition('.')[2]}.py")
        return importlib.util.spec_from_file_location(name, source, loader=_Loader(name, str(source), *self._change))


class _Loader(SourceFileLoader):
    """Loads a module with its change, and never from a cache."""

    def __init__(self, name: str, path: str, written: str, instead: str) -> None:
        super().__init__(name, path)
        self._change = (written, instead)

    def get_code(self, fullname: str) -> Any:
        text = Path(self.path).read_text()
        assert text.count(self._change[0]) == 1, f"{self._change[0]!r} stands {text.count(self._change[0])} times"
        return compile(text.replace(*self._change), self.path, "exec")
