"""What tools are made of, and what can be made of tools.

function     `@tool`: a typed function as a tool; `annotations` and `docstring` read it
coercion     arguments made to fit a schema
folder       the Python files of a project's `tools/` folder; `sighted` reads their tools' names without running them
spell_tool   a spell as a tool; `spell_header` reads what it says about itself
openapi      the operations of a web API as tools
toolset      the contract of toolsets; `wrapped` and the modules that `toolset` lists wrap them, `configured` by tables
index        what is known of tools without importing them; `search` finds them by words
"""

from llmspell.tool import Example, Tool
from llmspell.tools.function import FunctionTool, tool

__all__ = ["Example", "FunctionTool", "Tool", "tool"]
