"""Why a worker was lost, as the error that its run ends with."""

from __future__ import annotations

import signal
from typing import Any

from llmspell.bridge.process import Exit
from llmspell.engine import Limits
from llmspell.errors import BudgetExceeded, LlmspellError, PermissionDenied


def from_exit(exit: Exit, limits: Limits, cpu: float) -> LlmspellError:  # noqa: A002 there is no better word
    """The error for a worker that ended without a word.

    A worker that ran into a limit of the system is told from a broken one by the signal, the processor time
    that it took and what its engine wrote last, since the system does not say why a process died.

    Args:
        exit: how it ended.
        limits: those of the script.
        cpu: seconds of processor time that the script could take in all.
    """
    if exit.killed:
        return LlmspellError("the script's worker process closed its channel and was killed")
    if exit.code == -signal.SIGXCPU or (exit.code == -signal.SIGKILL and exit.cpu >= cpu - 1):
        if exit.cpu >= cpu - 1:
            return BudgetExceeded("cpu", cpu, unit="seconds", hint="let the script compute less; no setting raises it")
        return BudgetExceeded("cpu", limits.slice, unit="seconds", setting="limits.slice")
    if _lacked_memory(exit):
        return out_of_memory(limits)
    if exit.code == -signal.SIGSYS:
        return PermissionDenied(
            "the script's worker process was ended: it made a system call that no script needs",
            hint="a script that does so attacks its engine; if yours does nothing special, report it",
            details={"exit": exit.code},
        )
    end = f"was ended by {signal.Signals(-exit.code).name}" if exit.code < 0 else f"ended with {exit.code}"
    said = f"; it said: {exit.stderr}" if exit.stderr else ""
    return LlmspellError(
        f"the script's worker process {end}{said}",
        hint="the system may lack memory" if exit.code == -signal.SIGKILL else "report it to the engine's authors",
        details={"exit": exit.code, "stderr": exit.stderr},
    )


def _lacked_memory(exit: Exit) -> bool:  # noqa: A002 as above
    """Whether its engine ended it because it got no memory; some engines then end by SIGTRAP without a word."""
    if exit.code == -signal.SIGTRAP and not exit.stderr:
        return True
    return exit.code < 0 and "out of memory" in exit.stderr.lower()


def from_worker(frame: dict[str, Any], machine: str, limits: Limits) -> LlmspellError:
    """The error for what a worker says of its own end; what `frame` holds is as untrusted as the script."""
    why = str(frame.get("why", ""))[:4000]
    match frame["lost"]:
        case "memory":
            return out_of_memory(limits)
        case "load":
            return LlmspellError(
                f"the machine {machine!r} does not load: {why}",
                kind="plugin",
                hint="reinstall the engine's distribution, or report it to its authors",
            )
        case _:
            summary = why.strip().rpartition("\n")[2]
            return LlmspellError(f"the script's machine failed: {summary}", details={"traceback": why})


def out_of_memory(limits: Limits) -> BudgetExceeded:
    """The error for a script that took more than `Limits.memory`."""
    return BudgetExceeded("memory", limits.memory, unit="bytes", setting="limits.memory")
