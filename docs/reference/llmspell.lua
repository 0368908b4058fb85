---@meta llmspell

-- Generated from the script API; `llmspell types` writes it anew.

---What an agent is made of.
---
---`model` is `provider/model`, or nothing for the default; `tools` are names or tool handles; `output_schema` is a
---JSON Schema for the final answer. `max_turns` bounds the model calls of one run; `timeout` is seconds. An agent
---with a `run` function has no model: the function gets the input and gives text, or a table with `text` or
---`output`. `type` names an installed agent type; `options` is what that type understands.
---@class llmspell.AgentOptions
---@field name? string
---@field type? string
---@field description? string
---@field model? string
---@field system? string
---@field tools? (string|llmspell.Tool)[]
---@field output_schema? table
---@field temperature? number
---@field max_tokens? integer
---@field max_turns? integer
---@field timeout? number
---@field run? function
---@field options? table

---How an agent is asked: the conversation before (`reply.messages`), and a function told each event.
---@class llmspell.AskOptions
---@field history? llmspell.MessageOptions[]
---@field on_event? function

---A request to a model: a `prompt`, or `messages`; `system` stands before either.
---
---`model` is `provider/model`, or nothing for the default. `timeout` is seconds for the whole call.
---`response_format` is OpenAI's object. `extra` goes to the server as it is.
---@class llmspell.CompleteOptions
---@field model? string
---@field prompt? string
---@field messages? llmspell.MessageOptions[]
---@field system? string
---@field temperature? number
---@field max_tokens? integer
---@field stop? string[]
---@field seed? integer
---@field response_format? table
---@field timeout? number
---@field extra? table

---How `Json.encode` writes: `indent` spaces per level; none means one line.
---@class llmspell.EncodeOptions
---@field indent? integer

---How a hook's own failure is treated: a `guard` that fails stops the operation; `timeout` is seconds.
---@class llmspell.HookOptions
---@field guard? boolean
---@field timeout? number

---How `Async.map` works: at most `limit` calls at once.
---@class llmspell.MapOptions
---@field limit? integer

---A message of a conversation, as `reply.messages` has them.
---@class llmspell.MessageOptions
---@field role "system"|"user"|"assistant"|"tool"
---@field content? string
---@field tool_calls? llmspell.ToolCallOptions[]
---@field tool_call_id? string

---How a subscription treats a slow reader.
---
---At most `limit` events wait; what does not fit is dropped, and an `events.dropped` event tells how many
---(`overflow = "drop"`), or `Event.publish` waits for room (`overflow = "wait"`).
---@class llmspell.SubscribeOptions
---@field limit? integer
---@field overflow? "drop"|"wait"

---A tool call in a message; `arguments` is JSON text.
---@class llmspell.ToolCallOptions
---@field id string
---@field name string
---@field arguments string

---A tool that is written in the spell.
---
---`parameters` is a JSON Schema of type object, or the short form: name to type name (`"integer"`), to a property
---schema, or to `{}` for any value; names are required unless the property says `optional = true`. `run` gets the
---arguments as one table. `timeout` is seconds.
---@class llmspell.ToolDefinition
---@field name string
---@field run function
---@field description? string
---@field parameters? table
---@field timeout? number

---An agent that can be asked.
---@class llmspell.Agent
local _Agent = {}

---The agent's answer: `text`, `output`, `stop_reason`, `usage`, `cost`, `messages`, `calls`, `agent`.
---@param input string
---@param options? llmspell.AskOptions
---@return any
function _Agent:run(input, options) end

---The agent's answer as it comes; `result()` is what `run` would give.
---@param input string
---@param options? llmspell.AskOptions
---@return llmspell.Stream
function _Agent:stream(input, options) end

---Forget the agent; its name is free again.
function _Agent:close() end

---A hook of the spell.
---@class llmspell.Hook
local _Hook = {}

---Take the hook away; doing so twice is fine.
function _Hook:close() end

---What happens while an agent or a model answers; iterate over it, or call `next`, then ask for the `result`.
---@class llmspell.Stream
local _Stream = {}

---The next event, a table with a `type` (`text`, `tool_call`, `tool_result`); nothing at the end.
---
---A failure is raised here once the events before it are read.
---@return any
function _Stream:next() end

---The whole answer, once there is one; an error of kind `cancelled` when the stream was closed before.
---@return any
function _Stream:result() end

---Stop what runs, if it still does.
function _Stream:close() end

---Events that match a pattern; iterate over it, or call `next`.
---@class llmspell.Subscription
local _Subscription = {}

---The next event (`seq`, `time`, `path`, `kind`, `data`); nothing once the subscription is closed.
---@return any
function _Subscription:next() end

---Take no more events; those that wait can still be read.
function _Subscription:close() end

---A tool that can be run and given to agents.
---@class llmspell.Tool
local _Tool = {}

---Run the tool; the result's `output` is what it returned.
---@param arguments? table
---@return any
function _Tool:run(arguments) end

---Forget the tool; its name is free again.
function _Tool:close() end

---Agents: models that use tools to answer, or functions of the spell in their place.
---@class Agent
Agent = {}

---A new agent. Without a name it gets one (`agent-1`, ...); a name that is taken is an error.
---@param options llmspell.AgentOptions
---@return llmspell.Agent
function Agent.create(options) end

---The agent of this name that this run created.
---@param name string
---@return llmspell.Agent
function Agent.get(name) end

---The names of the run's agents, sorted.
---@return string[]
function Agent.list() end

---The words after `--` on the command line: `Args[1]` is the first in Lua, `Args[0]` in JavaScript.
---
---`--name value` and `--name=value` also appear by name: `Args.name`.
---@class Args
Args = {}

---Doing several things at once. What fails or loses a race is cancelled, with all that it had started.
---@class Async
Async = {}

---Wait; other tasks go on meanwhile.
---@param seconds number
function Async.sleep(seconds) end

---Run all functions at once; their results in order. The first failure cancels the others and is raised.
---@param functions function[]
---@return any[]
function Async.all(functions) end

---Run all functions at once; the first to return or fail decides, and the others are cancelled.
---@param functions function[]
---@return any
function Async.race(functions) end

---Run all functions at once; the first to return decides. Fails only when all fail.
---@param functions function[]
---@return any
function Async.any(functions) end

---`function(item, index)` for each item, at most `limit` (8) at once; the results in order.
---@param items any[]
---@param fn function
---@param options? llmspell.MapOptions
---@return any[]
function Async.map(items, fn, options) end

---What the function returns, or an error of kind `timeout` once the seconds have passed.
---@param seconds number
---@param fn function
---@return any
function Async.timeout(seconds, fn) end

---Start a task that runs beside the rest; it has `wait()` and `cancel()`.
---@param fn function
---@return any
function Async.spawn(fn) end

---The run's event log: what happened, in order, and what spells add to it.
---@class Event
Event = {}

---Append an event of the spell's own, and give its number. Its kind must not be one of llmspell's.
---@param kind string
---@param data? table
---@return integer
function Event.publish(kind, data) end

---Events from now on: a kind, `prefix.*`, `*.suffix`, or `**` for all; a function is called with each.
---@param pattern string
---@param fn? function
---@param options? llmspell.SubscribeOptions
---@return llmspell.Subscription
function Event.subscribe(pattern, fn, options) end

---The events so far that match.
---@param pattern? string
---@return table[]
function Event.history(pattern) end

---Functions of the spell that stand around what it makes happen.
---@class Hook
Hook = {}

---Call `function(call)` before, or `function(call, result)` after, each operation of a kind.
---
---It returns nothing, or a table with one of `modify` (before only: what to change), `replace` (the result,
---instead of going on) and `veto` (a reason: the caller gets an error).
---@param point "pre_llm"|"post_llm"|"pre_tool"|"post_tool"|"pre_agent"|"post_agent"|"pre_workflow"|"post_workflow"|"pre_step"|"post_step"|"pre_handoff"|"post_handoff"
---@param fn function
---@param options? llmspell.HookOptions
---@return llmspell.Hook
function Hook.on(point, fn, options) end

---The names that `Hook.on` takes.
---@return string[]
function Hook.points() end

---JSON text, and what a language may lack: `Json.null` for null, and `Json.array` to mark an empty list.
---@class Json
Json = {}

---The value as JSON text, with the keys in their own order.
---@param value any
---@param options? llmspell.EncodeOptions
---@return string
function Json.encode(value, options) end

---The value that JSON text stands for.
---@param text string
---@return any
function Json.decode(text) end

---The same table, marked as a list, so that it stays one when it is empty.
---@param items? any[]
---@return any[]
function Json.array(items) end

---Whether a value is JSON's null.
---@param value any
---@return boolean
function Json.is_null(value) end

---Messages for people, as events of kind `log.<level>`; the command line shows `info` and above.
---@class Log
Log = {}

---A detail that helps to find a fault.
---@param message string
---@param fields? table
function Log.debug(message, fields) end

---Something that a person may want to know.
---@param message string
---@param fields? table
function Log.info(message, fields) end

---Something odd that the spell copes with.
---@param message string
---@param fields? table
function Log.warn(message, fields) end

---Something that went wrong.
---@param message string
---@param fields? table
function Log.error(message, fields) end

---Models, asked directly: one request, one answer, no tools and no loop.
---@class Provider
Provider = {}

---A model's answer: `text`, `finish_reason`, `usage`, `model`, and `cost` in USD where it is known.
---@param options llmspell.CompleteOptions
---@return any
function Provider.complete(options) end

---A model's answer as it comes: events of type `text`; `result()` is the whole answer.
---@param options llmspell.CompleteOptions
---@return llmspell.Stream
function Provider.stream(options) end

---The names of the installed providers.
---@return string[]
function Provider.list() end

---The models that a provider knows of, as `provider/model`; it may ask its server.
---@param provider string
---@return string[]
function Provider.models(provider) end

---The running spell: `name`, `path`, `profile`, and `model`, the default `provider/model`.
---@class Spell
Spell = {}

---Values that the parts of a run share, in memory, by key; gone when the run ends.
---@class State
State = {}

---The value of a key, or the default (nothing) when it is not set.
---@param key string
---@param default? any
---@return any
function State.get(key, default) end

---Set a key.
---@param key string
---@param value any
function State.set(key, value) end

---Unset a key; whether it was set.
---@param key string
---@return boolean
function State.delete(key) end

---The keys that start with a prefix, sorted.
---@param prefix? string
---@return string[]
function State.list(prefix) end

---Set a key to `function(value)` and give the new value; no other update of the key comes between.
---@param key string
---@param fn function
---@return any
function State.update(key, fn) end

---Functions that models and spells can call: those that are installed, and those that a spell defines.
---@class Tool
Tool = {}

---Define a tool for this run; agents can name it.
---@param definition llmspell.ToolDefinition
---@return llmspell.Tool
function Tool.define(definition) end

---Run a tool by name; the result's `output` is what it returned.
---@param name string
---@param arguments? table
---@return any
function Tool.run(name, arguments) end

---A handle of a tool by name.
---@param name string
---@return llmspell.Tool
function Tool.get(name) end

---The names of all tools, sorted.
---@return string[]
function Tool.list() end

---A tool's `name`, `description` and `parameters` (a JSON Schema).
---@param name string
---@return table
function Tool.describe(name) end
