"""Ways from Lua into the Python that runs it: each ends in an error of the script's, or in nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from .cage import SECRET, VARIABLE, Cage, Refused

_NO_GLOBAL = "attempt to index a nil value (global '{}')"
_NO_CALL = "attempt to call a nil value (global '{}')"
_FUNCTION = "attempt to index a function value"

# What a script can hold that came from the host, to begin a climb at.
_HELD = {
    "a host method": ("local held = Host.echo", _FUNCTION),
    "print": ("local held = print", _FUNCTION),
    "require": ("local held = require", _FUNCTION),
    "a value that the host gave": ("local held = Host.echo(1.5)", "attempt to index a number value"),
    "a flag that the host gave": ("local held = Host.echo(true)", "attempt to index a boolean value"),
    "a handle": ("local held = Agent.create()", "Agent has no method"),
    "a global of the script API": ("local held = Agent", "Agent has no function"),
}
_ATTRIBUTES = [
    "__class__.__base__.__subclasses__",
    "__self__",
    "__globals__.sys",
    "__init__.__func__",
    "gi_frame.f_back",
]

# Each source, and how it must end.
_CLIMBS: dict[str, tuple[str, Any]] = {
    "python.eval": ("return python.eval('open')(canary, 'w')", Refused(_NO_GLOBAL.format("python"))),
    "python.builtins": ("return python.builtins.open(canary, 'w')", Refused(_NO_GLOBAL.format("python"))),
    "python.as_attrgetter": ("return python.as_attrgetter(print).__self__", Refused(_NO_GLOBAL.format("python"))),
    "python.as_itemgetter": ("return python.as_itemgetter(Args)", Refused(_NO_GLOBAL.format("python"))),
    "python.as_function": ("return python.as_function(print)", Refused(_NO_GLOBAL.format("python"))),
    "python.iter": ("for x in python.iter(Args) do end", Refused(_NO_GLOBAL.format("python"))),
    "python.enumerate": ("for i, x in python.enumerate(Args) do end", Refused(_NO_GLOBAL.format("python"))),
    "python.set_attr": ("python.set_attr(print, 'x', 1)", Refused(_NO_GLOBAL.format("python"))),
    "getattr": ("return getattr(print, '__self__')", Refused(_NO_CALL.format("getattr"))),
    "__import__": ("return __import__('os').environ", Refused(_NO_CALL.format("__import__"))),
    "functools.partial": ("return functools.partial(print).func", Refused(_NO_GLOBAL.format("functools"))),
    "format as Python does": (
        "return ('{0.__globals__[sys]}'):format(print)",
        "{0.__globals__[sys]}",
    ),
    "format with a host method": ("return ('%s'):format(Host.echo):match('^[%a]+')", "function"),
    "the names of a host method": ("for k in pairs(Host.echo) do end", Refused("table expected, got function")),
    "the items of a value from the host": (
        "for k, v in pairs(Host.echo{ a = { b = 1 } }) do if type(v) ~= 'table' then return type(v) end end return 'Lua'",
        "Lua",
    ),
    "an error's frames": (
        "local _, e = pcall(Host.fail) return { e.__traceback__ == nil, e.tb_frame == nil, e.__cause__ == nil }",
        [True, True, True],
    ),
    "an error's arguments": ("local _, e = pcall(Host.fail) return e.args == nil and type(e.message)", "string"),
    "a coroutine's frame": (
        "local co = coroutine.create(Host.echo) return (pcall(function() return co.cr_frame end))",
        False,
    ),
    "an iterator of the host's": (
        "local kinds = {} for item in Host.open{ 1 } do kinds[#kinds + 1] = type(item) end return kinds",
        ["number"],
    ),
    "a callback's arguments": ("return Host.echo(function(...) return ... end).__code__", Refused(_FUNCTION)),
    "a descriptor": ("return Agent.create.__get__(1)", Refused(_FUNCTION)),
    "an attribute set on a host method": ("Host.echo.__code__ = print", Refused(_FUNCTION)),
    "a method of Python's text": ("return Host.echo('x').encode()", Refused("attempt to call a nil value")),
    "a key that calls back": (
        "return Host.echo({ ['__reduce__'] = 'os.system' }).__reduce__",
        "os.system",
    ),
    "a type name in a value": (
        "local v = Host.echo({ ['py/object'] = 'os.system', ['$type'] = 'x' }) return { v['py/object'], v['$type'] }",
        ["os.system", "x"],
    ),
    "userdata among all that can be reached": (
        "local seen, found = {}, 0 local function walk(v) if type(v) == 'userdata' then found = found + 1 end"
        " if type(v) ~= 'table' or seen[v] then return end seen[v] = true"
        " for k, each in next, v do walk(k) walk(each) end walk(getmetatable(v)) end"
        " walk(_G) walk(Agent.create()) walk(Host.echo{ {} }) walk(select(2, pcall(Host.fail))) return found",
        0,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cage]:
    """A process whose environment holds a secret."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, SECRET)
        cage = Cage(tmp_path_factory.mktemp("canary"))
    yield cage
    cage.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the environment of a process as a file")
def test_the_process_holds_the_secret_that_no_script_may_show(cage: Cage) -> None:
    assert f"{VARIABLE}={SECRET}".encode() in cage.environment()


@pytest.mark.parametrize("path", _ATTRIBUTES)
@pytest.mark.parametrize("held", _HELD)
def test_what_came_from_the_host_has_no_attributes(held: str, path: str, cage: Cage) -> None:
    source, message = _HELD[held]
    kind = "script_failed" if message.startswith("attempt") else "invalid_arguments"
    cage.attempt(f"{source} return held.{path}", Refused(message, kind))


@pytest.mark.parametrize("name", _CLIMBS)
def test_a_climb_into_python_ends_at_once(name: str, cage: Cage) -> None:
    cage.attempt(*_CLIMBS[name])


def test_a_module_cannot_be_named_after_one_of_pythons(cage: Cage) -> None:
    for name in ("os", "sys", "ctypes", "lupa", "io", "subprocess"):
        cage.attempt(f"return require('{name}')", Refused(f"there is no module '{name}'", "not_found"))


@pytest.mark.parametrize(
    "look",
    ["f.__class__", "f.__globals__", "f['__self__'].x", "(function() f.x = 1 end)()"],
)
def test_a_python_object_that_got_in_by_mistake_shows_nothing(look: str, driver: Any) -> None:
    peek = driver.machine._runtime.eval(f"function(f) return {look} end")
    with pytest.raises(AttributeError, match="scripts cannot look into Python objects"):
        peek(test_a_climb_into_python_ends_at_once)
