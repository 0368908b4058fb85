"""The gate: the one short pipeline that every operation passes."""

from llmspell.gate.budget import Budget, BudgetLimits
from llmspell.gate.gate import Gate
from llmspell.gate.hooks import HookChains
from llmspell.gate.operation import OPERATION_KINDS, Operation

__all__ = ["OPERATION_KINDS", "Budget", "BudgetLimits", "Gate", "HookChains", "Operation"]
