"""HTML of anybody's, read in linear time and bounded memory.

tokens    a page in tags and texts
tree      its elements
content   the part of it that is its own, without menus and footers
markdown  that part as text

No HTML5 parser is used: the algorithm of the standard copies open formatting elements into every following block, so a
page of 70 kB becomes gigabytes, and looks up the stack of open elements at every tag. Both cannot be stopped from
outside a parser.
"""

from llmspell_tool_web.html.content import main_content
from llmspell_tool_web.html.markdown import markdown
from llmspell_tool_web.html.tree import Element, parse, plain_text

__all__ = ["Element", "main_content", "markdown", "parse", "plain_text"]
