"""Handing plugins to pluggy. What does not fit `llmspell.hookspecs` is refused, and leaves no trace in the manager."""

from __future__ import annotations

import inspect
from types import ModuleType

from pluggy import HookCaller, HookImpl, PluginManager, PluginValidationError

from llmspell.hookspecs import PROJECT, Operations, Registration


def make_manager() -> PluginManager:
    """A manager that knows every hook, and no plugin yet."""
    manager = PluginManager(PROJECT)
    manager.add_hookspecs(Registration)
    manager.add_hookspecs(Operations)
    return manager


def register_module(manager: PluginManager, module: ModuleType) -> None:
    """Take in a plugin's module, which may have registration hooks only.

    Raises:
        PluginValidationError: one of its hooks is none of those.
    """
    _register(manager, module, None, Registration)


def register_hooks(manager: PluginManager, name: str, component: object) -> None:
    """Take in the object that a hook plugin offers as `name`, which must have operation hooks only.

    Raises:
        PluginValidationError: it has none, or one that is none of those.
        ValueError: it is registered already.
    """
    _register(manager, component, f"hook:{name}", Operations)
    if not manager.get_hookcallers(component):
        if manager.is_registered(component):
            manager.unregister(component)
        raise PluginValidationError(component, "it has no operation hook; mark its methods with @hookimpl")


def _register(manager: PluginManager, plugin: object, name: str | None, specs: type) -> None:
    known = manager.is_registered(plugin)
    try:
        manager.register(plugin, name)
        for caller in manager.get_hookcallers(plugin) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is plugin:
                    _check(caller, implementation, specs)
    except PluginValidationError:
        # Older versions of pluggy keep what they refused, and a second attempt would find it in place.
        if not known and manager.is_registered(plugin):
            manager.unregister(plugin)
        raise


def _check(caller: HookCaller, implementation: HookImpl, specs: type) -> None:
    plugin, name = implementation.plugin, caller.name
    if not caller.has_spec():
        raise PluginValidationError(plugin, f"it has a hook {name!r}, and llmspell knows none of this name")
    if not hasattr(specs, name):
        home = "llmspell_hooks" if specs is Registration else "the plugin's module"
        raise PluginValidationError(plugin, f"its hook {name} stands in the wrong place; it belongs in {home}")
    if implementation.wrapper or implementation.hookwrapper:
        raise PluginValidationError(plugin, f"its hook {name} is a wrapper; write an around-hook instead")
    if name == "on_event" and inspect.iscoroutinefunction(implementation.function):
        raise PluginValidationError(plugin, "its hook on_event is async, and an event waits for nobody")
