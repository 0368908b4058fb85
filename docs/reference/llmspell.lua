---@meta llmspell

-- Generated from the script API; `llmspell types` writes it anew.

---What an agent is made of.
---
---`model` is `provider/model`, or nothing for the default; `system` is text or a template; `tools` are names or tool
---handles; `output_schema` is a JSON Schema for the final answer. `max_turns` bounds the model calls of one run;
---`timeout` is seconds. An agent with a `run` function has no model: the function gets the input and gives text, or a
---table with `text` or `output`. `type` names an installed agent type; `options` is what that type understands.
---`permissions` holds the agent, and all that it calls, to less than the spell may do: patterns by kind, such as
---`tools`.
---@class llmspell.AgentOptions
---@field name? string
---@field type? string
---@field description? string
---@field model? string
---@field system? string|llmspell.SystemOptions
---@field tools? (string|llmspell.Tool)[]
---@field output_schema? table
---@field temperature? number
---@field max_tokens? integer
---@field max_turns? integer
---@field timeout? number
---@field run? fun(input: string): any
---@field options? table
---@field permissions? table

---How an agent is asked: the conversation before (`reply.messages`), and a function told each event.
---@class llmspell.AskOptions
---@field history? llmspell.MessageOptions[]
---@field on_event? fun(event: llmspell.TextEvent|llmspell.ToolCallEvent|llmspell.ToolResultEvent)

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

---A web API as tools.
---
---`document` is an OpenAPI document (3.0 or 3.1): data, or a file of the project, JSON or YAML. `base_url` takes the
---place of its servers; `variables` are those of a server's URL. `include` are patterns of operationIds or names, and
---`tags` are tags; without them all operations become tools. `prefix` goes before each name. `secret` is the name of
---the key that the API wants, or a table from security schemes to such names. `timeout` is seconds for one call.
---@class llmspell.OpenApiOptions
---@field document string|table
---@field base_url? string
---@field variables? table
---@field include? string[]
---@field tags? string[]
---@field prefix? string
---@field secret? string|table
---@field timeout? number

---How a program runs: `stdin` is text or bytes, `timeout` seconds, `max_output` bytes, `env` more variables.
---@class llmspell.ProcessOptions
---@field stdin? any
---@field timeout? number
---@field cwd? string
---@field env? table
---@field max_output? integer

---How a file is read whole: as text in UTF-8, or with `binary` as bytes.
---@class llmspell.ReadOptions
---@field binary? boolean

---How many tools a search gives at most, from 1 to 100.
---@class llmspell.SearchOptions
---@field limit? integer

---Another spell as a tool.
---
---`path` is its file, in the folders where modules are: the spell's own, and those of `modules.paths`. What `name`,
---`description` and `parameters` (as for `Tool.define`) leave out is taken from the comment that the spell begins
---with; the name else from its file. `timeout` is seconds. The spell finds its arguments in `Spell.arguments`.
---@class llmspell.SpellOptions
---@field path string
---@field name? string
---@field description? string
---@field parameters? table
---@field timeout? number

---How a subscription treats a slow reader.
---
---At most `limit` events wait; what does not fit is dropped, and an `events.dropped` event tells how many
---(`overflow = "drop"`), or `Event.publish` waits for room (`overflow = "wait"`).
---@class llmspell.SubscribeOptions
---@field limit? integer
---@field overflow? "drop"|"wait"

---An agent's instructions from a template: its name or its text, as `Template.render` takes it, and values.
---@class llmspell.SystemOptions
---@field template string
---@field values? table

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
---@field run fun(arguments: table): any
---@field description? string
---@field parameters? table
---@field timeout? number

---How a file is written: with `new`, one that is there already is an error of kind `conflict`.
---@class llmspell.WriteOptions
---@field new? boolean

---A tool call that an agent made, with what the tool gave or why it failed; `duration` is seconds.
---@class llmspell.Call
---@field id string
---@field name string
---@field arguments? any
---@field output? any
---@field error? llmspell.Failure
---@field duration number

---A model's answer; `cost` is USD, and missing where nobody knows it.
---@class llmspell.Completion
---@field text string
---@field tool_calls llmspell.ToolCall[]
---@field finish_reason "stop"|"tool_calls"|"length"|"content_filter"
---@field usage llmspell.Usage
---@field model string
---@field cost? number

---An event of the run's log; `time` is ISO 8601, in UTC.
---@class llmspell.Event
---@field seq integer
---@field time string
---@field run string
---@field path string
---@field kind string
---@field data table

---What went wrong: a `kind` to decide by, a `message` to read, and in `hint` what to do about it.
---@class llmspell.Failure
---@field kind string
---@field message string
---@field component string
---@field retryable boolean
---@field hint string
---@field details table

---What stands at a path: its `size` in bytes, and when it was `modified`, in seconds since 1970.
---@class llmspell.FileInfo
---@field kind "file"|"folder"|"other"
---@field size integer
---@field modified number

---How a program ended: `code` is its exit status, or the negative number of the `signal` that ended it.
---
---`ok` means that it ended by itself with 0. What it wrote is text in UTF-8, or bytes where it is none. `truncated`
---means that it wrote more than it may. `duration` is seconds.
---@class llmspell.Finished
---@field ok boolean
---@field code integer
---@field signal string
---@field stdout any
---@field stderr any
---@field truncated boolean
---@field duration number

---A tool as `Tool.search` finds it; `description` is its first sentence, `needs` the permissions it uses.
---@class llmspell.FoundTool
---@field name string
---@field description string
---@field category string
---@field tags string[]
---@field needs string[]

---An operation, as hooks see it: with the `arguments` of a tool, the `request` to a model, an agent's `input`.
---@class llmspell.HookCall
---@field kind string
---@field name string
---@field path string
---@field attempt integer
---@field arguments any
---@field request llmspell.Request
---@field input string

---A message of a conversation.
---@class llmspell.Message
---@field role "system"|"user"|"assistant"|"tool"
---@field content string
---@field tool_calls? llmspell.ToolCall[]
---@field tool_call_id? string

---A hook's answer before an operation: what to change of it.
---@class llmspell.Modify
---@field modify table

---A hook's answer: the result to go on with.
---@class llmspell.Replace
---@field replace any

---A result of an agent, a tool or a workflow; only the `stop_reason` `completed` is success, `cost` is USD.
---@class llmspell.Reply
---@field text string
---@field output? any
---@field stop_reason string
---@field usage llmspell.Usage
---@field cost? number
---@field messages llmspell.Message[]
---@field calls llmspell.Call[]
---@field error? llmspell.Failure
---@field agent string

---A request to a model, as hooks see it; what is not set is not there.
---@class llmspell.Request
---@field model string
---@field messages llmspell.Message[]
---@field tools? any
---@field tool_choice? string
---@field response_format? table
---@field temperature? number
---@field max_tokens? integer
---@field stop? string[]
---@field seed? integer
---@field timeout number
---@field extra? table

---More of an answer's text.
---@class llmspell.TextEvent
---@field type "text"
---@field text string

---A tool call in a message; `arguments` is JSON text.
---@class llmspell.ToolCall
---@field id string
---@field name string
---@field arguments string

---An agent is about to call a tool.
---@class llmspell.ToolCallEvent
---@field type "tool_call"
---@field id string
---@field name string
---@field arguments any

---A tool gave an output, or failed.
---@class llmspell.ToolResultEvent
---@field type "tool_result"
---@field id string
---@field name string
---@field output? any
---@field error? llmspell.Failure

---A tool, as models are told of it; `parameters` is a JSON Schema.
---@class llmspell.ToolSpec
---@field name string
---@field description string
---@field parameters table

---Tokens.
---@class llmspell.Usage
---@field input_tokens integer
---@field output_tokens integer
---@field cached_tokens integer
---@field reasoning_tokens integer
---@field total_tokens integer

---A hook's answer: the reason why the caller gets an error.
---@class llmspell.Veto
---@field veto string

---An agent that can be asked.
---@class llmspell.Agent
local _Agent = {}

---The agent's answer: `text`, `output`, `stop_reason`, `usage`, `cost`, `messages`, `calls`, `agent`.
---@param input string
---@param options? llmspell.AskOptions
---@return llmspell.Reply
function _Agent:run(input, options) end

---`run`, with the error as a second value instead of raising it.
---@param input string
---@param options? llmspell.AskOptions
---@return llmspell.Reply|nil
---@return llmspell.Failure|nil
function _Agent:try_run(input, options) end

---The agent's answer as it comes; `result()` is what `run` would give.
---@param input string
---@param options? llmspell.AskOptions
---@return llmspell.Stream
function _Agent:stream(input, options) end

---`stream`, with the error as a second value instead of raising it.
---@param input string
---@param options? llmspell.AskOptions
---@return llmspell.Stream|nil
---@return llmspell.Failure|nil
function _Agent:try_stream(input, options) end

---Forget the agent; its name is free again.
function _Agent:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Agent:try_close() end

---An open file. Iterate over it for its lines, or call its methods; close it after use.
---@class llmspell.File
local _File = {}

---What comes next: that many bytes, a `"line"` without its end, or `"all"` that is left; nothing at the end.
---
---Text is never cut inside a character, so a count may give up to three bytes more. At the end, `"all"` is empty.
---@param what? integer|string
---@return any
function _File:read(what) end

---`read`, with the error as a second value instead of raising it.
---@param what? integer|string
---@return any|nil
---@return llmspell.Failure|nil
function _File:try_read(what) end

---The next line without its end; nothing at the file's end.
---@return string|nil
function _File:next() end

---`next`, with the error as a second value instead of raising it.
---@return string|nil
---@return llmspell.Failure|nil
function _File:try_next() end

---Write text or bytes where the file stands, or at its end if it was opened with `a`.
---@param content any
function _File:write(content) end

---`write`, with the error as a second value instead of raising it.
---@param content any
---@return any|nil
---@return llmspell.Failure|nil
function _File:try_write(content) end

---Move to `offset` bytes from the start, from here or from the end; gives the place, from the start.
---@param whence? "set"|"cur"|"end"
---@param offset? integer
---@return integer
function _File:seek(whence, offset) end

---`seek`, with the error as a second value instead of raising it.
---@param whence? "set"|"cur"|"end"
---@param offset? integer
---@return integer|nil
---@return llmspell.Failure|nil
function _File:try_seek(whence, offset) end

---Close the file.
function _File:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _File:try_close() end

---A hook of the spell.
---@class llmspell.Hook
local _Hook = {}

---Take the hook away; doing so twice is fine.
function _Hook:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Hook:try_close() end

---What happens while an agent or a model answers; iterate over it, or call `next`, then ask for the `result`.
---@class llmspell.Stream
local _Stream = {}

---The next event, a table with a `type` (`text`, `tool_call`, `tool_result`); nothing at the end.
---
---A failure is raised here once the events before it are read.
---@return llmspell.TextEvent|llmspell.ToolCallEvent|llmspell.ToolResultEvent|nil
function _Stream:next() end

---`next`, with the error as a second value instead of raising it.
---@return llmspell.TextEvent|llmspell.ToolCallEvent|llmspell.ToolResultEvent|nil
---@return llmspell.Failure|nil
function _Stream:try_next() end

---The whole answer, once there is one; an error of kind `cancelled` when the stream was closed before.
---@return llmspell.Reply|llmspell.Completion
function _Stream:result() end

---`result`, with the error as a second value instead of raising it.
---@return llmspell.Reply|llmspell.Completion|nil
---@return llmspell.Failure|nil
function _Stream:try_result() end

---Stop what runs, if it still does.
function _Stream:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Stream:try_close() end

---Events that match a pattern; iterate over it, or call `next`.
---@class llmspell.Subscription
local _Subscription = {}

---The next event (`seq`, `time`, `run`, `path`, `kind`, `data`); nothing once the subscription is closed.
---@return llmspell.Event|nil
function _Subscription:next() end

---`next`, with the error as a second value instead of raising it.
---@return llmspell.Event|nil
---@return llmspell.Failure|nil
function _Subscription:try_next() end

---Take no more events; those that wait can still be read.
function _Subscription:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Subscription:try_close() end

---A task that `Async.spawn` started.
---@class llmspell.Task
local _Task = {}

---What the function returned; an error of kind `cancelled` when the task was cancelled.
---@return any
function _Task:wait() end

---Stop the task, if it still runs, with all that it had started.
function _Task:cancel() end

---A tool that can be run and given to agents.
---@class llmspell.Tool
local _Tool = {}

---Run the tool; the result's `output` is what it returned.
---@param arguments? table
---@return llmspell.Reply
function _Tool:run(arguments) end

---`run`, with the error as a second value instead of raising it.
---@param arguments? table
---@return llmspell.Reply|nil
---@return llmspell.Failure|nil
function _Tool:try_run(arguments) end

---Forget the tool; its name is free again.
function _Tool:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Tool:try_close() end

---Agents: models that use tools to answer, or functions of the spell in their place.
---@class Agent
Agent = {}

---A new agent. Without a name it gets one (`agent-1`, ...); a name that is taken is an error.
---@param options llmspell.AgentOptions
---@return llmspell.Agent
function Agent.create(options) end

---`create`, with the error as a second value instead of raising it.
---@param options llmspell.AgentOptions
---@return llmspell.Agent|nil
---@return llmspell.Failure|nil
function Agent.try_create(options) end

---The agent of this name that this run created.
---@param name string
---@return llmspell.Agent
function Agent.get(name) end

---`get`, with the error as a second value instead of raising it.
---@param name string
---@return llmspell.Agent|nil
---@return llmspell.Failure|nil
function Agent.try_get(name) end

---The names of the run's agents, sorted.
---@return string[]
function Agent.list() end

---`list`, with the error as a second value instead of raising it.
---@return string[]|nil
---@return llmspell.Failure|nil
function Agent.try_list() end

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

---`sleep`, with the error as a second value instead of raising it.
---@param seconds number
---@return any|nil
---@return llmspell.Failure|nil
function Async.try_sleep(seconds) end

---Run all functions at once; their results in order. The first failure cancels the others and is raised.
---@generic Value
---@param functions (fun(): Value)[]
---@return Value[]
function Async.all(functions) end

---`all`, with the error as a second value instead of raising it.
---@generic Value
---@param functions (fun(): Value)[]
---@return Value[]|nil
---@return llmspell.Failure|nil
function Async.try_all(functions) end

---Run all functions at once; the first to return or fail decides, and the others are cancelled.
---@generic Value
---@param functions (fun(): Value)[]
---@return Value
function Async.race(functions) end

---`race`, with the error as a second value instead of raising it.
---@generic Value
---@param functions (fun(): Value)[]
---@return Value|nil
---@return llmspell.Failure|nil
function Async.try_race(functions) end

---Run all functions at once; the first to return decides. Fails only when all fail.
---@generic Value
---@param functions (fun(): Value)[]
---@return Value
function Async.any(functions) end

---`any`, with the error as a second value instead of raising it.
---@generic Value
---@param functions (fun(): Value)[]
---@return Value|nil
---@return llmspell.Failure|nil
function Async.try_any(functions) end

---`function(item, index)` for each item, at most `limit` (8) at once; the results in order.
---@generic Item, Value
---@param items Item[]
---@param fn fun(item: Item, index: integer): Value
---@param options? llmspell.MapOptions
---@return Value[]
function Async.map(items, fn, options) end

---`map`, with the error as a second value instead of raising it.
---@generic Item, Value
---@param items Item[]
---@param fn fun(item: Item, index: integer): Value
---@param options? llmspell.MapOptions
---@return Value[]|nil
---@return llmspell.Failure|nil
function Async.try_map(items, fn, options) end

---What the function returns, or an error of kind `timeout` once the seconds have passed.
---@generic Value
---@param seconds number
---@param fn fun(): Value
---@return Value
function Async.timeout(seconds, fn) end

---`timeout`, with the error as a second value instead of raising it.
---@generic Value
---@param seconds number
---@param fn fun(): Value
---@return Value|nil
---@return llmspell.Failure|nil
function Async.try_timeout(seconds, fn) end

---Start `function(...)` as a task that runs beside the rest; it has `wait()` and `cancel()`.
---
---A failure that nobody waited for is raised when the task that started it ends.
---@generic Value
---@param fn fun(...: any): Value
---@param ... any
---@return llmspell.Task
function Async.spawn(fn, ...) end

---`spawn`, with the error as a second value instead of raising it.
---@generic Value
---@param fn fun(...: any): Value
---@param ... any
---@return llmspell.Task|nil
---@return llmspell.Failure|nil
function Async.try_spawn(fn, ...) end

---The run's event log: what happened, in order, and what spells add to it.
---@class Event
Event = {}

---Append an event of the spell's own, and give its number. Its kind must not be one of llmspell's.
---@param kind string
---@param data? table
---@return integer
function Event.publish(kind, data) end

---`publish`, with the error as a second value instead of raising it.
---@param kind string
---@param data? table
---@return integer|nil
---@return llmspell.Failure|nil
function Event.try_publish(kind, data) end

---Events from now on: a kind, `prefix.*`, `*.suffix`, or `**` for all; a function is called with each.
---@param pattern string
---@param fn? fun(event: llmspell.Event)
---@param options? llmspell.SubscribeOptions
---@return llmspell.Subscription
function Event.subscribe(pattern, fn, options) end

---`subscribe`, with the error as a second value instead of raising it.
---@param pattern string
---@param fn? fun(event: llmspell.Event)
---@param options? llmspell.SubscribeOptions
---@return llmspell.Subscription|nil
---@return llmspell.Failure|nil
function Event.try_subscribe(pattern, fn, options) end

---The events so far that match.
---@param pattern? string
---@return llmspell.Event[]
function Event.history(pattern) end

---`history`, with the error as a second value instead of raising it.
---@param pattern? string
---@return llmspell.Event[]|nil
---@return llmspell.Failure|nil
function Event.try_history(pattern) end

---Files in the folders that the spell may read and write; present with `--allow-library=io`.
---@class Files
Files = {}

---The whole content of a file.
---@param path string
---@param options? llmspell.ReadOptions
---@return any
function Files.read(path, options) end

---`read`, with the error as a second value instead of raising it.
---@param path string
---@param options? llmspell.ReadOptions
---@return any|nil
---@return llmspell.Failure|nil
function Files.try_read(path, options) end

---Make text or bytes the content of a file, all at once; its folder must exist.
---@param path string
---@param content any
---@param options? llmspell.WriteOptions
function Files.write(path, content, options) end

---`write`, with the error as a second value instead of raising it.
---@param path string
---@param content any
---@param options? llmspell.WriteOptions
---@return any|nil
---@return llmspell.Failure|nil
function Files.try_write(path, content, options) end

---Add text or bytes to the end of a file, which is made if there is none.
---@param path string
---@param content any
function Files.append(path, content) end

---`append`, with the error as a second value instead of raising it.
---@param path string
---@param content any
---@return any|nil
---@return llmspell.Failure|nil
function Files.try_append(path, content) end

---The names in a folder, sorted.
---@param path? string
---@return string[]
function Files.list(path) end

---`list`, with the error as a second value instead of raising it.
---@param path? string
---@return string[]|nil
---@return llmspell.Failure|nil
function Files.try_list(path) end

---What stands at a path; nothing when there is nothing. Links are followed.
---@param path string
---@return llmspell.FileInfo|nil
function Files.stat(path) end

---`stat`, with the error as a second value instead of raising it.
---@param path string
---@return llmspell.FileInfo|nil
---@return llmspell.Failure|nil
function Files.try_stat(path) end

---Whether there is something at a path.
---@param path string
---@return boolean
function Files.exists(path) end

---`exists`, with the error as a second value instead of raising it.
---@param path string
---@return boolean|nil
---@return llmspell.Failure|nil
function Files.try_exists(path) end

---Remove a file, a link, or an empty folder.
---@param path string
function Files.remove(path) end

---`remove`, with the error as a second value instead of raising it.
---@param path string
---@return any|nil
---@return llmspell.Failure|nil
function Files.try_remove(path) end

---Give a file another name; a file that has it already is replaced. Folders keep their names.
---@param path string
---@param to string
function Files.rename(path, to) end

---`rename`, with the error as a second value instead of raising it.
---@param path string
---@param to string
---@return any|nil
---@return llmspell.Failure|nil
function Files.try_rename(path, to) end

---Make a folder, unless it is there already; the folder above must exist.
---@param path string
function Files.make_folder(path) end

---`make_folder`, with the error as a second value instead of raising it.
---@param path string
---@return any|nil
---@return llmspell.Failure|nil
function Files.try_make_folder(path) end

---An open file: `r` to read, `w` to write anew, `a` to append, with `+` for both, with `b` for bytes.
---@param path string
---@param mode? "r"|"w"|"a"|"r+"|"w+"|"a+"|"rb"|"wb"|"ab"|"r+b"|"w+b"|"a+b"|"rb+"|"wb+"|"ab+"
---@return llmspell.File
function Files.open(path, mode) end

---`open`, with the error as a second value instead of raising it.
---@param path string
---@param mode? "r"|"w"|"a"|"r+"|"w+"|"a+"|"rb"|"wb"|"ab"|"r+b"|"w+b"|"a+b"|"rb+"|"wb+"|"ab+"
---@return llmspell.File|nil
---@return llmspell.Failure|nil
function Files.try_open(path, mode) end

---A new open file without a name, to write and read bytes; it is gone when it is closed.
---@return llmspell.File
function Files.temporary() end

---`temporary`, with the error as a second value instead of raising it.
---@return llmspell.File|nil
---@return llmspell.Failure|nil
function Files.try_temporary() end

---The name of a new, empty file in the project's folder; remove it after use.
---@return string
function Files.temporary_name() end

---`temporary_name`, with the error as a second value instead of raising it.
---@return string|nil
---@return llmspell.Failure|nil
function Files.try_temporary_name() end

---Functions of the spell that stand around what it makes happen.
---@class Hook
Hook = {}

---Call `function(call)` before, or `function(call, result)` after, each operation of a kind.
---
---It returns nothing, or a table with one of `modify` (before only: what to change), `replace` (the result,
---instead of going on) and `veto` (a reason: the caller gets an error).
---@param point "pre_llm"|"post_llm"|"pre_tool"|"post_tool"|"pre_agent"|"post_agent"|"pre_workflow"|"post_workflow"|"pre_step"|"post_step"|"pre_handoff"|"post_handoff"
---@param fn fun(call: llmspell.HookCall, result: any): llmspell.Modify|llmspell.Replace|llmspell.Veto|nil
---@param options? llmspell.HookOptions
---@return llmspell.Hook
function Hook.on(point, fn, options) end

---`on`, with the error as a second value instead of raising it.
---@param point "pre_llm"|"post_llm"|"pre_tool"|"post_tool"|"pre_agent"|"post_agent"|"pre_workflow"|"post_workflow"|"pre_step"|"post_step"|"pre_handoff"|"post_handoff"
---@param fn fun(call: llmspell.HookCall, result: any): llmspell.Modify|llmspell.Replace|llmspell.Veto|nil
---@param options? llmspell.HookOptions
---@return llmspell.Hook|nil
---@return llmspell.Failure|nil
function Hook.try_on(point, fn, options) end

---The names that `Hook.on` takes.
---@return ("pre_llm"|"post_llm"|"pre_tool"|"post_tool"|"pre_agent"|"post_agent"|"pre_workflow"|"post_workflow"|"pre_step"|"post_step"|"pre_handoff"|"post_handoff")[]
function Hook.points() end

---`points`, with the error as a second value instead of raising it.
---@return ("pre_llm"|"post_llm"|"pre_tool"|"post_tool"|"pre_agent"|"post_agent"|"pre_workflow"|"post_workflow"|"pre_step"|"post_step"|"pre_handoff"|"post_handoff")[]|nil
---@return llmspell.Failure|nil
function Hook.try_points() end

---JSON text, and what a language may lack: `Json.null` for null, and `Json.array` to mark an empty list.
---@class Json
---@field null any
Json = {}

---The value as JSON text, with the keys in their own order.
---@param value any
---@param options? llmspell.EncodeOptions
---@return string
function Json.encode(value, options) end

---`encode`, with the error as a second value instead of raising it.
---@param value any
---@param options? llmspell.EncodeOptions
---@return string|nil
---@return llmspell.Failure|nil
function Json.try_encode(value, options) end

---The value that JSON text stands for.
---@param text string
---@return any
function Json.decode(text) end

---`decode`, with the error as a second value instead of raising it.
---@param text string
---@return any|nil
---@return llmspell.Failure|nil
function Json.try_decode(text) end

---The same table, marked as a list, so that it stays one when it is empty.
---@generic Item
---@param items? Item[]
---@return Item[]
function Json.array(items) end

---`array`, with the error as a second value instead of raising it.
---@generic Item
---@param items? Item[]
---@return Item[]|nil
---@return llmspell.Failure|nil
function Json.try_array(items) end

---Whether a value is JSON's null.
---@param value any
---@return boolean
function Json.is_null(value) end

---`is_null`, with the error as a second value instead of raising it.
---@param value any
---@return boolean|nil
---@return llmspell.Failure|nil
function Json.try_is_null(value) end

---Messages for people, as events of kind `log.<level>`; the command line shows `info` and above.
---@class Log
Log = {}

---A detail that helps to find a fault.
---@param message string
---@param fields? table
function Log.debug(message, fields) end

---`debug`, with the error as a second value instead of raising it.
---@param message string
---@param fields? table
---@return any|nil
---@return llmspell.Failure|nil
function Log.try_debug(message, fields) end

---Something that a person may want to know.
---@param message string
---@param fields? table
function Log.info(message, fields) end

---`info`, with the error as a second value instead of raising it.
---@param message string
---@param fields? table
---@return any|nil
---@return llmspell.Failure|nil
function Log.try_info(message, fields) end

---Something odd that the spell copes with.
---@param message string
---@param fields? table
function Log.warn(message, fields) end

---`warn`, with the error as a second value instead of raising it.
---@param message string
---@param fields? table
---@return any|nil
---@return llmspell.Failure|nil
function Log.try_warn(message, fields) end

---Something that went wrong.
---@param message string
---@param fields? table
function Log.error(message, fields) end

---`error`, with the error as a second value instead of raising it.
---@param message string
---@param fields? table
---@return any|nil
---@return llmspell.Failure|nil
function Log.try_error(message, fields) end

---Programs that the spell may start, and its surroundings; present with `--allow-library=os`.
---@class Process
Process = {}

---How a program ended. `argv` is its words, the program's name first; no shell reads them.
---@param argv string[]
---@param options? llmspell.ProcessOptions
---@return llmspell.Finished
function Process.run(argv, options) end

---`run`, with the error as a second value instead of raising it.
---@param argv string[]
---@param options? llmspell.ProcessOptions
---@return llmspell.Finished|nil
---@return llmspell.Failure|nil
function Process.try_run(argv, options) end

---The value of an environment variable that the spell may read; nothing when it is not set.
---@param name string
---@return string|nil
function Process.getenv(name) end

---`getenv`, with the error as a second value instead of raising it.
---@param name string
---@return string|nil
---@return llmspell.Failure|nil
function Process.try_getenv(name) end

---The folder where relative paths begin: the project's.
---@return string
function Process.cwd() end

---`cwd`, with the error as a second value instead of raising it.
---@return string|nil
---@return llmspell.Failure|nil
function Process.try_cwd() end

---Models, asked directly: one request, one answer, no tools and no loop.
---@class Provider
Provider = {}

---A model's answer: `text`, `finish_reason`, `usage`, `model`, and `cost` in USD where it is known.
---@param options llmspell.CompleteOptions
---@return llmspell.Completion
function Provider.complete(options) end

---`complete`, with the error as a second value instead of raising it.
---@param options llmspell.CompleteOptions
---@return llmspell.Completion|nil
---@return llmspell.Failure|nil
function Provider.try_complete(options) end

---A model's answer as it comes: events of type `text`; `result()` is the whole answer.
---@param options llmspell.CompleteOptions
---@return llmspell.Stream
function Provider.stream(options) end

---`stream`, with the error as a second value instead of raising it.
---@param options llmspell.CompleteOptions
---@return llmspell.Stream|nil
---@return llmspell.Failure|nil
function Provider.try_stream(options) end

---The names of the installed providers.
---@return string[]
function Provider.list() end

---`list`, with the error as a second value instead of raising it.
---@return string[]|nil
---@return llmspell.Failure|nil
function Provider.try_list() end

---The models that a provider knows of, as `provider/model`; it may ask its server.
---@param provider string
---@return string[]
function Provider.models(provider) end

---`models`, with the error as a second value instead of raising it.
---@param provider string
---@return string[]|nil
---@return llmspell.Failure|nil
function Provider.try_models(provider) end

---The running spell: `name`, `path`, `profile`, the default `model` and, where it is a tool, its `arguments`.
---@class Spell
---@field name string
---@field path string
---@field profile string
---@field model string
---@field arguments table
Spell = {}

---Values that the parts of a run share, in memory, by key; gone when the run ends.
---@class State
State = {}

---The value of a key, or the default (nothing) when it is not set.
---@param key string
---@param default? any
---@return any
function State.get(key, default) end

---`get`, with the error as a second value instead of raising it.
---@param key string
---@param default? any
---@return any|nil
---@return llmspell.Failure|nil
function State.try_get(key, default) end

---Set a key.
---@param key string
---@param value any
function State.set(key, value) end

---`set`, with the error as a second value instead of raising it.
---@param key string
---@param value any
---@return any|nil
---@return llmspell.Failure|nil
function State.try_set(key, value) end

---Unset a key; whether it was set.
---@param key string
---@return boolean
function State.delete(key) end

---`delete`, with the error as a second value instead of raising it.
---@param key string
---@return boolean|nil
---@return llmspell.Failure|nil
function State.try_delete(key) end

---The keys that start with a prefix, sorted.
---@param prefix? string
---@return string[]
function State.list(prefix) end

---`list`, with the error as a second value instead of raising it.
---@param prefix? string
---@return string[]|nil
---@return llmspell.Failure|nil
function State.try_list(prefix) end

---Set a key to `function(value)` and give the new value; no other update of the key comes between.
---@param key string
---@param fn fun(value: any): any
---@return any
function State.update(key, fn) end

---`update`, with the error as a second value instead of raising it.
---@param key string
---@param fn fun(value: any): any
---@return any|nil
---@return llmspell.Failure|nil
function State.try_update(key, fn) end

---Text with places for values: those of `[prompts]` in the configuration by name, and any other.
---
---`{{name}}` is a value, `{{a.b}}` one inside a table, `{{name | default("x")}}` says what to put where there is none,
---and `{{> name}}` is another template. Other braces stay as they are, and values are never looked at again.
---@class Template
Template = {}

---What becomes of a template; one word is the name of one, everything else its text.
---@param template string
---@param values? table
---@return string
function Template.render(template, values) end

---`render`, with the error as a second value instead of raising it.
---@param template string
---@param values? table
---@return string|nil
---@return llmspell.Failure|nil
function Template.try_render(template, values) end

---The names of the configured templates, sorted.
---@return string[]
function Template.list() end

---`list`, with the error as a second value instead of raising it.
---@return string[]|nil
---@return llmspell.Failure|nil
function Template.try_list() end

---Functions that models and spells can call: those that are installed, and those that a spell defines.
---@class Tool
Tool = {}

---Define a tool for this run; agents can name it.
---@param definition llmspell.ToolDefinition
---@return llmspell.Tool
function Tool.define(definition) end

---`define`, with the error as a second value instead of raising it.
---@param definition llmspell.ToolDefinition
---@return llmspell.Tool|nil
---@return llmspell.Failure|nil
function Tool.try_define(definition) end

---A tool of this run that is another spell: what that returns is the tool's output.
---
---It runs as part of this run, with at most the permissions of who calls it; its failure is the tool's.
---@param options llmspell.SpellOptions
---@return llmspell.Tool
function Tool.from_spell(options) end

---`from_spell`, with the error as a second value instead of raising it.
---@param options llmspell.SpellOptions
---@return llmspell.Tool|nil
---@return llmspell.Failure|nil
function Tool.try_from_spell(options) end

---Tools of this run that call a web API: one for each operation of an OpenAPI document, by name.
---
---A name is the operation's id in snake_case, after the prefix. Calls need the permission `net` for the server.
---@param options llmspell.OpenApiOptions
---@return table
function Tool.from_openapi(options) end

---`from_openapi`, with the error as a second value instead of raising it.
---@param options llmspell.OpenApiOptions
---@return table|nil
---@return llmspell.Failure|nil
function Tool.try_from_openapi(options) end

---Run a tool by name; the result's `output` is what it returned.
---@param name string
---@param arguments? table
---@return llmspell.Reply
function Tool.run(name, arguments) end

---`run`, with the error as a second value instead of raising it.
---@param name string
---@param arguments? table
---@return llmspell.Reply|nil
---@return llmspell.Failure|nil
function Tool.try_run(name, arguments) end

---A handle of a tool by name.
---@param name string
---@return llmspell.Tool
function Tool.get(name) end

---`get`, with the error as a second value instead of raising it.
---@param name string
---@return llmspell.Tool|nil
---@return llmspell.Failure|nil
function Tool.try_get(name) end

---The names of all tools, sorted.
---@return string[]
function Tool.list() end

---`list`, with the error as a second value instead of raising it.
---@return string[]|nil
---@return llmspell.Failure|nil
function Tool.try_list() end

---The tools that fit a few words best, the best first; searching loads none of them.
---@param query string
---@param options? llmspell.SearchOptions
---@return llmspell.FoundTool[]
function Tool.search(query, options) end

---`search`, with the error as a second value instead of raising it.
---@param query string
---@param options? llmspell.SearchOptions
---@return llmspell.FoundTool[]|nil
---@return llmspell.Failure|nil
function Tool.try_search(query, options) end

---A tool's `name`, `description` and `parameters` (a JSON Schema).
---@param name string
---@return llmspell.ToolSpec
function Tool.describe(name) end

---`describe`, with the error as a second value instead of raising it.
---@param name string
---@return llmspell.ToolSpec|nil
---@return llmspell.Failure|nil
function Tool.try_describe(name) end
