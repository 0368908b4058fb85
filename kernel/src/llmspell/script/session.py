"""The script API as one script sees it: its globals, its constants, and the way from a call to a method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmspell.errors import UsageError, did_you_mean
from llmspell.script.check import Arguments
from llmspell.script.declare import Global, Handle, libraries, manifest, methods

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
        modules: what it may load.
        handoffs: those that its functions have asked for and not returned yet.
    """

    def __init__(self, run: Run, bridge: Bridge, modules: Modules) -> None:
        from llmspell.script.api import GLOBALS
        from llmspell.script.handoff import Pending

        self.run = run
        self.bridge = bridge
        self.modules = modules
        self.handoffs = Pending()
        self._parent: ContextVar[Operation] = ContextVar("parent")
        self._globals: dict[str, Global] = {
            name: declared(self) for name, declared in {**GLOBALS, **run.globals}.items()
        }

    @property
    def parent(self) -> Operation:
        """The operation that the call being dispatched stands below; the same for as long as the call takes."""
        return self._parent.get(self.bridge.operation)

    def manifest(self, *, keys: bool) -> dict[str, Any]:
        """What the engine builds the script's globals from; `keys` as for `llmspell.script.declare.manifest`.

        Besides `globals` and `handles` it has `constants`; `libraries`, those that the script was granted, for a
        language that has functions of its own for them; and `withheld`, the globals that are left out because their
        library was not granted, for the error of a script that uses them. The kernel checks each call all the same.
        """
        source = self.bridge.operation.request
        spell = {
            "name": Path(source.name).stem,
            "path": str(source.path or source.name),
            "profile": self.run.policy.profile.name,
            "model": self.run.model,
            "arguments": dict(source.arguments),
        }
        granted = frozenset(name for name in _LIBRARIES if self._grants(name))
        return {
            **_names(keys, granted, tuple(self.run.globals.values())),
            "constants": {"Spell": spell},
            "libraries": sorted(granted),
        }

    def _grants(self, library: str) -> bool:
        return self.bridge.operation.policy.decide("libraries", library).allowed

    def call(self, target: str | int, method: str, args: Any, parent: Operation) -> Any:
        """The value of a call, or the coroutine that gives it.

        Raises:
            UsageError: there is no such target or method, or the arguments are wrong.
        """
        if target == "@modules":
            return self.modules.import_(*args) if method == "import" else self.modules.load(*args)
        owner: Global | Handle
        if isinstance(target, str):
            found = self._globals.get(target)
            if found is None:
                raise UsageError(f"there is no global {target!r}", hint=did_you_mean(target, list(self._globals)))
            owner = found
        else:
            owner = self.bridge.handle(target)
        bind, function, needs = _method(type(owner), method)  # type: ignore[arg-type]  # a class is hashable
        if needs:
            _check_libraries(needs, parent)
        arguments = bind(args, self.bridge)
        # A variable of the context: the task that runs a method which may wait keeps it, whatever is called meanwhile.
        self._parent.set(parent)
        return function(owner, *arguments)


_LIBRARIES = ("io", "os")


def _check_libraries(needs: Sequence[str], parent: Operation) -> None:
    """Raise `PermissionDenied` unless any of the libraries is granted."""
    policy = parent.policy
    granted = next((name for name in needs if policy.decide("libraries", name).allowed), needs[0])
    policy.check("libraries", granted, parent)


@cache
def _names(keys: bool, granted: frozenset[str], more: tuple[type[Global], ...]) -> dict[str, Any]:
    """The part of the manifest that is the same for every script with these libraries and these further globals."""
    from llmspell.script.api import GLOBALS, HANDLES

    known = {**GLOBALS, **{each.name: each for each in more}}
    shown = {name: each for name, each in known.items() if not each.library or each.library in granted}
    withheld = {name: each.library for name, each in known.items() if name not in shown}
    return {**manifest(shown, HANDLES, keys=keys), "withheld": withheld}


@cache
def _method(declared: type, name: str) -> tuple[Callable[..., list[Any]], Callable[..., Any], tuple[str, ...]]:
    """A method's argument checks, the method, and the libraries that it needs one of; compiled once per process."""
    known = dict(methods(declared))
    owner = getattr(declared, "type_name", "") or declared.name  # type: ignore[attr-defined]
    if name not in known:
        raise UsageError(f"{owner} has no function {name!r}", hint=did_you_mean(name, list(known)))
    return Arguments(f"{owner}.{name}", known[name]).bind, known[name], libraries(declared, known[name])
