"""The script API: every global and every handle type, by the name that scripts use."""

from __future__ import annotations

from llmspell.script.agent import Agent, AgentHandle
from llmspell.script.args import Args
from llmspell.script.artifact import Artifact
from llmspell.script.async_ import Async
from llmspell.script.chat import ChatHandle
from llmspell.script.event import Event, SubscriptionHandle
from llmspell.script.files import FileHandle, Files
from llmspell.script.hook import Hook, HookHandle
from llmspell.script.json import Json
from llmspell.script.log import Log
from llmspell.script.process import Process
from llmspell.script.provider import Provider
from llmspell.script.sessions import Session, SessionHandle
from llmspell.script.spell import Spell
from llmspell.script.state import ScopeHandle, State, TransactionHandle
from llmspell.script.stream import StreamHandle
from llmspell.script.template import Template
from llmspell.script.tool import Tool, ToolHandle
from llmspell.script.workflow import Workflow
from llmspell.script.workflow_handle import WorkflowHandle
from llmspell.spelltest.global_test import Test

GLOBALS = {
    declared.name: declared
    for declared in (
        Agent,
        Args,
        Artifact,
        Async,
        Event,
        Files,
        Hook,
        Json,
        Log,
        Process,
        Provider,
        Session,
        Spell,
        State,
        Template,
        Tool,
        Workflow,
    )
}
HANDLES = {
    declared.type_name: declared
    for declared in (
        AgentHandle,
        ChatHandle,
        FileHandle,
        HookHandle,
        ScopeHandle,
        SessionHandle,
        StreamHandle,
        SubscriptionHandle,
        ToolHandle,
        TransactionHandle,
        WorkflowHandle,
    )
}
TEST_GLOBALS = {Test.name: Test}
"""Those that only test files have, besides."""
