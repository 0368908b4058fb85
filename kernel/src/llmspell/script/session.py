"""The script API as one script sees it: its globals, its constants, and the way from a call to a method."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmspell.errors import UsageError, did_you_mean
from llmspell.script.check import Arguments
from llmspell.script.declare import Global, Handle, manifest, methods

if TYPE_CHECKING:
    from llmspell.bridge.host import Bridge
    from llmspell.gate import Operation
    from llmspell.run import Run
    from llmspell.script.modules import Modules


class Session:
    """One script's globals.

    Attributes:
        run: what its calls belong to.
        bridge: where its functions and handles live.
        parent: the operation that the call being dispatched stands below.
    """

    def __init__(self, run: Run, bridge: Bridge, modules: Modules) -> None:
        from llmspell.script.api import GLOBALS

        self.run = run
        self.bridge = bridge
        self.parent: Operation = bridge.operation
        self._globals: dict[str, Global] = {name: declared(self) for name, declared in GLOBALS.items()}
        self._modules = modules

    def manifest(self, *, keys: bool) -> dict[str, Any]:
        """What the engine builds the script's globals from; `keys` as for `llmspell.script.declare.manifest`."""
        source = self.bridge.operation.request
        spell = {
            "name": Path(source.name).stem,
            "path": str(source.path or source.name),
            "profile": self.run.policy.profile.name,
            "model": self.run.model,
        }
        return {**_names(keys), "constants": {"Spell": spell}}

    def call(self, target: str | int, method: str, args: Any, parent: Operation) -> Any:
        """The value of a call, or the coroutine that gives it.

        Raises:
            UsageError: there is no such target or method, or the arguments are wrong.
        """
        if target == "@modules":
            return self._modules.import_(*args) if method == "import" else self._modules.load(*args)
        owner: Global | Handle
        if isinstance(target, str):
            found = self._globals.get(target)
            if found is None:
                raise UsageError(f"there is no global {target!r}", hint=did_you_mean(target, list(self._globals)))
            owner = found
        else:
            owner = self.bridge.handle(target)
        bind, function = _method(type(owner), method)  # type: ignore[arg-type]  # a class is hashable
        arguments = bind(args, self.bridge)
        self.parent = parent
        return function(owner, *arguments)


@cache
def _names(keys: bool) -> dict[str, Any]:
    """The part of the manifest that is the same for every script."""
    from llmspell.script.api import GLOBALS, HANDLES

    return manifest(GLOBALS, HANDLES, keys=keys)


@cache
def _method(declared: type, name: str) -> tuple[Callable[..., list[Any]], Callable[..., Any]]:
    """A method's argument checks and the method; compiled once per process."""
    known = dict(methods(declared))
    owner = getattr(declared, "type_name", "") or declared.name  # type: ignore[attr-defined]
    if name not in known:
        raise UsageError(f"{owner} has no function {name!r}", hint=did_you_mean(name, list(known)))
    return Arguments(f"{owner}.{name}", known[name]).bind, known[name]
