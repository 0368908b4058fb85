"""What tools are made of, and what can be made of tools.

function     `@tool`: a typed function as a tool; `annotations` and `docstring` read it
coercion     arguments made to fit a schema
"""

from llmspell.tool import Example, Tool
from llmspell.tools.function import FunctionTool, tool

__all__ = ["Example", "FunctionTool", "Tool", "tool"]
