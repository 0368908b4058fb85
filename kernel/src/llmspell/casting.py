"""One script from its start to its end, for an operation of kind `script`: a run's own spell, or one inside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmspell.engine import Engine
    from llmspell.gate import Operation
    from llmspell.kernel import Kernel
    from llmspell.script.modules import Modules


async def execute(
    kernel: Kernel,
    operation: Operation,
    engine: Engine,
    args: Sequence[str],
    output: Callable[[str], None],
    *,
    ending: Callable[[], Awaitable[None]] | None = None,
) -> Any:
    """What the script of an operation returns.

    Args:
        kernel: makes its transport.
        operation: its request is the `Source`, and all that the script calls stands below it.
        engine: runs it.
        args: what it finds in `Args`.
        output: takes each line that it prints.
        ending: awaited when it has returned, while its functions can still be called.

    Raises:
        ScriptFailed: it raised.
        LlmspellError: its machine was lost, or a limit was reached.
    """
    from llmspell.bridge.host import Bridge

    run = operation.run

    def walls_stand(walls: Sequence[str], missing: Mapping[str, str]) -> None:
        run.log.append("script.walls", operation.path, {"walls": list(walls), "missing": dict(missing)})

    transport = kernel.transport(engine, run.policy.profile, kernel.limits(run), walls_stand)
    bridge = Bridge(run, operation, transport, output, _modules(kernel, operation, engine), renames=engine.renames)
    run.on_interrupt.append(bridge.interrupt)
    try:
        value = await bridge.run(args)
        if ending is not None:
            await ending()
        return value
    finally:
        try:
            await bridge.close()
        finally:
            run.on_interrupt.remove(bridge.interrupt)


def _modules(kernel: Kernel, operation: Operation, engine: Engine) -> Modules:
    """What the script may load: from its own folder, and from those of the configuration."""
    from llmspell.permissions.guard import Guard
    from llmspell.script.modules import Modules

    policy = operation.policy
    if not policy.grants_any("modules"):
        return Modules(None, policy.profile.name)
    source = operation.request
    spell = source.path.parent if source.path else None
    project = kernel.loaded.project
    configured = tuple((project / folder).resolve() for folder in kernel.config.modules.paths)
    folders = (spell, *configured) if spell else configured
    guard = Guard("modules", operation)
    return Modules(folders, policy.profile.name, engine.extensions, guard.check, spell=spell)
