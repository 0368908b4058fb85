"""What a run makes of what went wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmspell.errors import BudgetExceeded, LlmspellError, ToolFailed

if TYPE_CHECKING:
    from llmspell.gate import Operation


def unpriced(model: str) -> LlmspellError:
    """A model without a known price is asked in a run that has a cost limit."""
    return LlmspellError(
        f"the run has a cost limit, and the price of {model!r} is not known",
        kind="budget",
        component=f"llm:{model}",
        hint="choose a model with a known price, or allow it with --set budget.unpriced=allow",
        details={"budget": "cost"},
    )


def tool_failed(operation: Operation, cause: Exception) -> ToolFailed:
    """A tool raised what is none of our errors; the cause is chained by whoever raises it."""
    return ToolFailed(f"tool {operation.name!r} failed: {type(cause).__name__}: {cause}", component=operation.component)


def stop_reason(error: LlmspellError) -> str:
    """How a run that ended with this error stopped: `budget.<name>`, `cancelled`, `interrupted` or `error`."""
    if isinstance(error, BudgetExceeded):
        return error.stop_reason
    if error.kind == "budget":
        return f"budget.{error.details.get('budget', 'unknown')}"
    return error.kind if error.kind in ("cancelled", "interrupted") else "error"
