"""Record and replay: what models and tools answered in one run, kept in a file and served again.

journal.py      what the gate asks of either
recorder.py     writes down each exchange on its way through the gate
replayer.py     answers in the place of models and tools
exchange.py     one exchange, and the cassette that holds them all
coding.py       requests, answers and errors as JSON and back
own.py          which tools run again
matching.py     which recorded exchange a request fits
difference.py   how two requests differ, for people
file.py         the file: versioned, sealed by a checksum, without secrets
"""

from __future__ import annotations

from llmspell.cassette.exchange import Cassette, Exchange
from llmspell.cassette.file import read, write
from llmspell.cassette.journal import Journal
from llmspell.cassette.recorder import Recorder
from llmspell.cassette.replayer import Replayer, ReplayMiss, ReplayMode

__all__ = ["Cassette", "Exchange", "Journal", "Recorder", "ReplayMiss", "ReplayMode", "Replayer", "read", "write"]
