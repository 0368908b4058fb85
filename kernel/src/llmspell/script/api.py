"""The script API: every global and every handle type, by the name that scripts use."""

from __future__ import annotations

from llmspell.script.agent import Agent, AgentHandle
from llmspell.script.args import Args
from llmspell.script.async_ import Async
from llmspell.script.event import Event, SubscriptionHandle
from llmspell.script.files import FileHandle, Files
from llmspell.script.hook import Hook, HookHandle
from llmspell.script.json import Json
from llmspell.script.log import Log
from llmspell.script.process import Process
from llmspell.script.provider import Provider
from llmspell.script.spell import Spell
from llmspell.script.state import State
from llmspell.script.stream import StreamHandle
from llmspell.script.template import Template
from llmspell.script.tool import Tool, ToolHandle

GLOBALS = {
    declared.name: declared
    for declared in (
        Agent,
        Args,
        Async,
        Event,
        Files,
        Hook,
        Json,
        Log,
        Process,
        Provider,
        Spell,
        State,
        Template,
        Tool,
    )
}
HANDLES = {
    declared.type_name: declared
    for declared in (AgentHandle, FileHandle, HookHandle, StreamHandle, SubscriptionHandle, ToolHandle)
}
