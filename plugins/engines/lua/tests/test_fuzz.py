"""Random scripts in little memory: whatever happens, the process lives and the machine answers."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

_LINES = [
    "t[#t + 1] = string.rep('x', {n})",
    "t[#t + 1] = {{ a = {n}, b = {{ 1, 2 }} }}",
    "pcall(function() for i = 1, {n} do t[#t + 1] = {{ i }} end end)",
    "local r = Host.echo({{ 1, {{ 2, {{ x = t[1] and 1 }} }}, 's' }})",
    "local r = Host.echo(('y'):rep({n}))",
    "pcall(Host.fail, {{ kind = 'network', message = ('m'):rep({n}) }})",
    "local v, e = Host.try_fail() t[#t + 1] = e",
    "Host.echo(function(a) t[#t + 1] = {{ a }} return {{ a, a }} end)",
    "pcall(Async.all, {{ function() return Host.echo({n}) end, function() for i = 1, {n} do t[#t + 1] = i .. '' end end }})",
    "Async.spawn(function() Host.echo(1) t[#t + 1] = ('z'):rep({n}) end)",
    "local k = Async.spawn(Host.later) k:cancel()",
    "pcall(Async.race, {{ Host.later, function() return t end }})",
    "local c = coroutine.wrap(function() local x = Host.echo({{ {n} }}) coroutine.yield(x) end) c()",
    "t = {{}}",
    "error({{ code = {n} }})",
    "pcall(error, {{}})",
    "pcall(string.rep, 'abc', {n} * 100)",
    "pcall(require, 'm')",
    "print({n})",
    "print('\\255\\254', t)",
    "Host.echo('\\255')",
    "pcall(Host.echo, {{ '\\255', t }})",
    "setmetatable(t, {{ __index = function(_, k) return nil end }})",
    "pcall(table.sort, t, function(a, b) return tostring(a) < tostring(b) end)",
    "pcall(string.gsub, ('ab'):rep({n} % 5000), '(a)(b)', function(a, b) return b .. a end)",
    "pcall(load, ('x = 1 '):rep({n} % 3000))",
    "local x <close> = setmetatable({{}}, {{ __close = function() t[#t + 1] = 'closed' end }})",
    "pcall(table.concat, t, ',')",
    "xpcall(function() error(t) end, function(e) return Host.echo(1) end)",
]


def _script(chance: random.Random) -> str:
    lines = [chance.choice(_LINES).format(n=int(10 ** chance.uniform(0, 5))) for _ in range(chance.randrange(1, 12))]
    return "\n".join(["t = {}", *(f"do {line} end" for line in lines), "return #t"])


@pytest.mark.parametrize("seed", range(6))
def test_random_scripts_never_harm_the_process(seed: int, apart: Any) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        source = _script(chance)
        memory = chance.choice([0, 20_000, 60_000, 200_000, 1_000_000, 3_000_000])
        answer = apart.run(source, seconds=20, memory=memory, slice=0.5)
        assert len(answer["done"]) + len(answer["failed"]) == 1, source
        if answer["failed"]:
            error = answer["failed"][0]
            assert error["kind"] != "internal", source
            assert error.keys() >= {"kind", "message", "file", "line", "traceback"}, error
        assert len(json.dumps(answer["clean"])) > 100
