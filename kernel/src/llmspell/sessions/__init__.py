"""Sessions: named conversations that outlast the run which began them.

parts          what a session is made of: `About`, `Turn`, `ArtifactRef`, `SessionInfo`
records        how it is kept: a stream of records, each with all that is known of the session after it
archive        the records of sessions in a store, without secrets
session        one session: its history, and what can be added to it
sessions       all of them: create, open, list, fork, delete
document       a session as one JSON document, and back
conversation   an agent's turns in a session
joined         a run that is started in a session, and its chats

A session is one stream of the store and nothing else, and whatever is done to it is one write of the store: it is done
or not done, whenever the process is killed. Its state is that of the scope `session`.
"""

from llmspell.sessions.archive import Archive
from llmspell.sessions.conversation import Conversation
from llmspell.sessions.joined import SessionChat, join
from llmspell.sessions.parts import About, ArtifactRef, Fork, SessionInfo, Turn
from llmspell.sessions.session import Session
from llmspell.sessions.sessions import Sessions

__all__ = [
    "About",
    "Archive",
    "ArtifactRef",
    "Conversation",
    "Fork",
    "Session",
    "SessionChat",
    "SessionInfo",
    "Sessions",
    "Turn",
    "join",
]
