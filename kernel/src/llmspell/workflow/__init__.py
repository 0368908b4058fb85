"""Workflows: agents whose steps are fixed, and through which data flows from step to step.

    definition     what a workflow is made of, as data
    placeholders   `{{steps.facts.text}}` and the like, compiled once
    workflow       a definition made ready for a run, as an agent
    data           definitions as JSON and YAML
    outline, mermaid, svg   a definition as a drawing

    flow = Workflow(Sequential(name="brief", steps=(
        Step(name="facts", agent="researcher", input="{{input.topic}}"),
        Step(name="summary", prompt="Summarise: {{steps.facts.text}}"),
    )), run)
    result = await run.run_agent(flow, WorkflowInput("tides", value={"topic": "tides"}))

A step that fails and does not say otherwise fails the workflow with its own error, in whose `details` are the `steps`
so far. A limit is no error but a `stop_reason`, as it is for every agent: one of the run, one of the loop
(`budget.iterations`), or the one that an agent in a step reached.
"""

from __future__ import annotations

from llmspell.workflow.definition import (
    Action,
    Branch,
    Condition,
    Conditional,
    Definition,
    Fallback,
    Loop,
    Map,
    Parallel,
    Retry,
    Sequential,
    Step,
    StepAgent,
)
from llmspell.workflow.frame import StepContext
from llmspell.workflow.workflow import Workflow, WorkflowInput

__all__ = [
    "Action",
    "Branch",
    "Condition",
    "Conditional",
    "Definition",
    "Fallback",
    "Loop",
    "Map",
    "Parallel",
    "Retry",
    "Sequential",
    "Step",
    "StepAgent",
    "StepContext",
    "Workflow",
    "WorkflowInput",
]
