"""Feeds of every usual format, as one.

entry      what all of them are made into
xml_feed   RSS 2.0 and 0.9x, RSS 1.0 and Atom
json_feed  JSON Feed 1.0 and 1.1
"""

from llmspell_tool_web.feeds.entry import Feed, Item
from llmspell_tool_web.feeds.json_feed import read_json
from llmspell_tool_web.feeds.xml_feed import read_xml

__all__ = ["Feed", "Item", "read_json", "read_xml"]
