"""ES modules and TypeScript for engines that have neither: text in, text out.

`erase_types` blanks the types of a TypeScript text in place. `rewrite` turns a module into one function expression
with live bindings. `runtime` is the registry, in JavaScript, that loads, links and evaluates what `rewrite` wrote.
The parser is imported when the first text that needs it arrives.
"""

from .erasing import erase_types
from .rewriting import rewrite
from .rewritten import Rewritten, original_column, runtime

__all__ = ["Rewritten", "erase_types", "original_column", "rewrite", "runtime"]
