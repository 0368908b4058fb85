---@meta llmspell

-- Generated from the script API; `llmspell types` writes it anew.

---What an agent is made of.
---
---`model` is `provider/model`, or nothing for the default; `system` is text or a template; `tools` are names or tool
---handles; `output_schema` is a JSON Schema for the final answer. `max_turns` bounds the model calls of one run;
---`timeout` is seconds. An agent with a `run` function has no model: the function gets the input and a table with
---`agent`, `history` and maybe `answer`, and gives text, a table with `text` or `output` (such as another agent's
---reply), or `Agent.handoff(...)`.
---`type` names an installed agent type; `options` is what that type understands. `permissions` holds the agent, and
---all that it calls, to less than the spell may do: patterns by kind, such as `tools`.
---
---`agents` are others that the model may ask, as it calls tools; `handoffs` those that it may hand the conversation
---over to. `return_policy` is what this agent does when it was handed one and has answered: `stay` keeps it, `return`
---gives it back. `tool_choice` is `auto`, `none`, `required` or a tool's name. `approve` are patterns of the names of
---its tools that a person is asked about before each call. `compaction` says when the conversation is made shorter,
---and how.
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
---@field agents? (string|llmspell.Agent)[]
---@field handoffs? (string|llmspell.Agent|llmspell.HandoffTargetOptions)[]
---@field return_policy? "stay"|"return"
---@field tool_choice? string
---@field approve? string[]
---@field compaction? llmspell.Compaction
---@field run? fun(input: string, context: llmspell.AgentContext): any
---@field options? table
---@field permissions? table

---Which version is deleted; all of them unless given.
---@class llmspell.ArtifactDeleteOptions
---@field version? integer

---Which version is written, and whether there must be no such file yet (`new`).
---@class llmspell.ArtifactExportOptions
---@field version? integer
---@field new? boolean

---What an artifact is: its media `type`, plain text or plain bytes unless given, and `metadata` of yours.
---@class llmspell.ArtifactPutOptions
---@field type? string
---@field metadata? table

---Which version is meant; the last one unless given.
---@class llmspell.ArtifactVersionOptions
---@field version? integer

---How an agent is asked: the conversation before (`reply.messages`), and a function told each event.
---@class llmspell.AskOptions
---@field history? llmspell.MessageOptions[]
---@field on_event? fun(event: llmspell.TextEvent|llmspell.ToolCallEvent|llmspell.ToolResultEvent|llmspell.HandoffEvent)

---Steps that are done if a condition holds.
---@class llmspell.BranchOptions
---@field condition string|llmspell.ConditionOptions|(fun(context: llmspell.StepContext): any)
---@field steps? llmspell.StepOptions[]

---How a conversation begins: with what was said before (`reply.messages`), or with nothing.
---@class llmspell.ChatOptions
---@field history? llmspell.MessageOptions[]

---When a conversation is made shorter, and how.
---
---Attributes:
---    messages: it is too long with more messages than this, the system's not counted; None: with any number.
---    tokens: it is too long with more tokens than this, as the provider counted them the last time, with an estimate
---        of what came since; None: with any number.
---    keep: which share of the limit may be left.
---    summary: whether a model summarises what is dropped, in a message that takes its place.
---    model: which model does, `provider/model`; empty: the agent's own.
---    prompt: what it is told to do.
---@class llmspell.Compaction
---@field messages? integer
---@field tokens? integer
---@field keep? number
---@field summary? boolean
---@field model? string
---@field prompt? string

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

---A comparison: `value op to`. `in` asks whether the value is one of a list, or a part of a text.
---@class llmspell.ConditionOptions
---@field value any
---@field op? "=="|"!="|">"|">="|"<"|"<="|"in"|"contains"
---@field to? any

---A workflow that does the steps of the first of its `branches` whose condition holds, or those of `otherwise`.
---@class llmspell.ConditionalOptions
---@field name? string
---@field description? string
---@field output? any
---@field input_schema? table
---@field branches? llmspell.BranchOptions[]
---@field otherwise? llmspell.StepOptions[]

---What to say about a session from now on; what is not given stays.
---@class llmspell.DescribeOptions
---@field title? string
---@field tags? string[]
---@field user? string
---@field data? table

---How `Json.encode` writes: `indent` spaces per level; none means one line.
---@class llmspell.EncodeOptions
---@field indent? integer

---What an error must be: its `kind`, and a part of its `message`; empty for any.
---@class llmspell.Expected
---@field kind? string
---@field message? string

---What stands in for a step that failed: a `value`, or something else to do, as in a step.
---@class llmspell.FallbackOptions
---@field tool? string|llmspell.Tool
---@field arguments? table
---@field agent? string|llmspell.Agent|llmspell.StepAgentOptions
---@field workflow? string|llmspell.Workflow|table
---@field prompt? string
---@field run? fun(context: llmspell.StepContext): any
---@field input? any
---@field model? string
---@field system? string
---@field temperature? number
---@field max_tokens? integer
---@field value? any

---What goes along with a handoff.
---
---`input` is what the other agent is asked; without it, what the user said last. `history` is what of the conversation
---goes along: `all`, `none`, how many messages from the end, or a function that gets them all and gives those.
---`state` has values that are set in the run's state before; `reason` is for people and events.
---@class llmspell.HandoffOptions
---@field input? string
---@field history? string|integer|(fun(messages: llmspell.Message[]): llmspell.Message[])
---@field state? table
---@field reason? string

---An agent to hand over to, when to, and with how much of the conversation.
---
---`agent` is the agent or its name. `description` is for the model; without it, the agent's own. `history` is `all`,
---`none`, how many messages from the end, or a function that gets them all and gives those that go along.
---@class llmspell.HandoffTargetOptions
---@field agent string|llmspell.Agent
---@field description? string
---@field history? string|integer|(fun(messages: llmspell.Message[]): llmspell.Message[])

---How a hook's own failure is treated: a `guard` that fails stops the operation; `timeout` is seconds.
---@class llmspell.HookOptions
---@field guard? boolean
---@field timeout? number

---A workflow that does its `steps` again and again.
---
---As many `times`, or once for each item of the list `over`; as long as `repeat_while` holds before a round, and until
---`repeat_until` holds after one. To want more than `max_iterations` ends it as `budget.iterations`.
---@class llmspell.LoopOptions
---@field name? string
---@field description? string
---@field output? any
---@field input_schema? table
---@field steps? llmspell.StepOptions[]
---@field times? integer|string
---@field over? string|any[]
---@field repeat_while? string|llmspell.ConditionOptions|(fun(context: llmspell.StepContext): any)
---@field repeat_until? string|llmspell.ConditionOptions|(fun(context: llmspell.StepContext): any)
---@field max_iterations? integer

---How `Async.map` works: at most `limit` calls at once.
---@class llmspell.MapOptions
---@field limit? integer

---A workflow that does its `steps` for each item of the list `over`, `max_concurrency` items at once.
---@class llmspell.MapWorkflowOptions
---@field name? string
---@field description? string
---@field output? any
---@field input_schema? table
---@field steps? llmspell.StepOptions[]
---@field over? string|any[]
---@field max_concurrency? integer
---@field max_iterations? integer

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

---A workflow of `steps` that are done at once, at most `max_concurrency` of them.
---@class llmspell.ParallelOptions
---@field name? string
---@field description? string
---@field output? any
---@field input_schema? table
---@field steps? llmspell.StepOptions[]
---@field max_concurrency? integer

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

---How often a step is tried in all, and how many seconds are waited: `backoff`, then twice as many, at most 60.
---
---`errors` says which failures are worth it: those that are `retryable`, or `any`.
---@class llmspell.RetryOptions
---@field attempts? integer
---@field backoff? number
---@field errors? "retryable"|"any"

---What holds for a key: the JSON Schema of its values, how those of parallel branches merge, how long they last.
---
---`reducer` is a name, or `function(merged, value, base)`: what the branches before have come to, the next one's
---value, and what the key had before they began. `ttl` is seconds.
---@class llmspell.RuleOptions
---@field schema? table
---@field reducer? "append"|"add"|"union"|"max"|"min"|"replace"|(fun(merged: any, value: any, base: any): any)
---@field ttl? number

---A tool call of a scripted model; arguments given as text go out as they are, broken or not.
---@class llmspell.ScriptedCall
---@field name string
---@field arguments? table|string

---How a scripted model fails.
---@class llmspell.ScriptedFailure
---@field message? string
---@field kind? string
---@field retryable? boolean

---One answer of a scripted model: `text`, `calls` of tools (with `text` before them), or how it is to `fail`.
---
---`fail` is an HTTP status or an object. `delay` is seconds before the answer. The tokens are what it says it used.
---@class llmspell.ScriptedStep
---@field text? string
---@field calls? llmspell.ScriptedCall[]
---@field fail? llmspell.ScriptedFailure|integer
---@field delay? number
---@field input_tokens? integer
---@field output_tokens? integer

---How many tools a search gives at most, from 1 to 100.
---@class llmspell.SearchOptions
---@field limit? integer

---How a message is sent: with a function told each event.
---@class llmspell.SendOptions
---@field on_event? fun(event: llmspell.TextEvent|llmspell.ToolCallEvent|llmspell.ToolResultEvent|llmspell.HandoffEvent)

---A workflow of `steps`, one after another.
---@class llmspell.SequentialOptions
---@field name? string
---@field description? string
---@field output? any
---@field input_schema? table
---@field steps? llmspell.StepOptions[]

---How a session is forked: after the `turn` of this number, or the last one; with an `id` and a `title`.
---@class llmspell.SessionForkOptions
---@field turn? integer
---@field id? string
---@field title? string

---Under which `id` a session is imported; the one that it had unless given.
---@class llmspell.SessionImportOptions
---@field id? string

---Which sessions are listed: those of a `user`, those with a `tag`; all without.
---@class llmspell.SessionListOptions
---@field user? string
---@field tag? string

---What a session is called: its `id`, or one that nobody has; and what is said about it.
---
---`user` is whose it is, the run's own unless given; `data` is plain data of yours.
---@class llmspell.SessionOptions
---@field id? string
---@field title? string
---@field tags? string[]
---@field user? string
---@field data? table

---How a key is set: for `ttl` seconds; without it, for as long as its rule says, or for ever.
---@class llmspell.SetOptions
---@field ttl? number

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

---An agent that is made for a step; the keys mean what they mean in `Agent.create`.
---@class llmspell.StepAgentOptions
---@field type? string
---@field model? string
---@field system? string
---@field tools? (string|llmspell.Tool)[]
---@field output_schema? table
---@field temperature? number
---@field max_tokens? integer
---@field max_turns? integer
---@field timeout? number
---@field options? table

---One step: what it does, and what happens around it.
---
---Without a `name` it is `step-1` and so on. `condition` says whether it is done. `timeout` is seconds for each
---attempt. `on_error` is `fail`, `continue` (go on without an output) or `fallback`, with the `fallback` that stands
---in for it. `output_schema` is a JSON Schema that the output must fit; a prompt's answer is then asked for as JSON.
---@class llmspell.StepOptions
---@field tool? string|llmspell.Tool
---@field arguments? table
---@field agent? string|llmspell.Agent|llmspell.StepAgentOptions
---@field workflow? string|llmspell.Workflow|table
---@field prompt? string
---@field run? fun(context: llmspell.StepContext): any
---@field input? any
---@field model? string
---@field system? string
---@field temperature? number
---@field max_tokens? integer
---@field name? string
---@field condition? string|llmspell.ConditionOptions|(fun(context: llmspell.StepContext): any)
---@field retry? llmspell.RetryOptions
---@field timeout? number
---@field on_error? "fail"|"continue"|"fallback"
---@field fallback? llmspell.FallbackOptions
---@field output_schema? table

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

---What an agent is called as a tool, and what models are told of it; its own name and description, unless given.
---@class llmspell.ToolNameOptions
---@field name? string
---@field description? string

---How a spell is run.
---
---`args` are the words after `--`. `model` is what every model answers, in order: texts and steps, all of which must
---be used. `replay` is the file of a recording that answers instead, for tools too. `state` is what the state of the
---run holds before, and `config` sets configuration by key. `clock` is `virtual`, where waits take no time, or
---`real`, where the spell has the worker process that its profile demands.
---@class llmspell.TrialOptions
---@field args? string[]
---@field model? (llmspell.ScriptedStep|string)[]
---@field replay? string
---@field state? table
---@field config? table
---@field clock? "virtual"|"real"

---How a file is written: with `new`, one that is there already is an error of kind `conflict`.
---@class llmspell.WriteOptions
---@field new? boolean

---What an agent's function knows besides its input.
---
---`agent` is its name; `history` the conversation, with what is asked; `answer` what an agent has answered that it
---had handed over to, and that gave the conversation back.
---@class llmspell.AgentContext
---@field agent string
---@field history llmspell.Message[]
---@field answer? llmspell.Reply

---A version of an artifact with its content: text if it was put as text, else bytes.
---@class llmspell.Artifact
---@field name string
---@field version integer
---@field digest string
---@field type string
---@field size integer
---@field text boolean
---@field created string
---@field metadata table
---@field run string
---@field session? string
---@field user string
---@field content any

---What is known of a version of an artifact: its media `type`, its `size` in bytes, where it comes from.
---
---`text` says whether it was put as text; `digest` is the SHA-256 of its content; `created` is ISO 8601, in UTC.
---@class llmspell.ArtifactInfo
---@field name string
---@field version integer
---@field digest string
---@field type string
---@field size integer
---@field text boolean
---@field created string
---@field metadata table
---@field run string
---@field session? string
---@field user string

---An artifact that belongs to a session, put after so many of its turns; `Artifact.get` has its content.
---@class llmspell.ArtifactRef
---@field name string
---@field version integer
---@field digest string
---@field type string
---@field size integer
---@field turn integer

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

---What came of an earlier step.
---@class llmspell.DoneStep
---@field status string
---@field output? any
---@field text string
---@field error? llmspell.Failure

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

---Where a session comes from: the other's id, and how many of its turns it began with.
---@class llmspell.ForkedFrom
---@field session string
---@field turn integer

---A tool as `Tool.search` finds it; `description` is its first sentence, `needs` the permissions it uses.
---@class llmspell.FoundTool
---@field name string
---@field description string
---@field category string
---@field tags string[]
---@field needs string[]

---A handoff, to be returned as it is by an agent's or a tool's function.
---@class llmspell.Handoff
---@field handoff string

---Another agent has the conversation from now on.
---@class llmspell.HandoffEvent
---@field type "handoff"
---@field agent string

---An operation, as hooks see it.
---
---With the `arguments` of a tool, the `request` to a model, or the `input` of an agent, a workflow or a step.
---@class llmspell.HookCall
---@field kind string
---@field name string
---@field path string
---@field attempt integer
---@field arguments any
---@field request llmspell.Request
---@field input any

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
---@field steps? llmspell.Step[]
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

---What is known of a session; `cost` is USD, and missing where nobody knows it; times are ISO 8601, in UTC.
---@class llmspell.SessionInfo
---@field id string
---@field title string
---@field tags string[]
---@field user string
---@field data table
---@field created string
---@field updated string
---@field turns integer
---@field usage llmspell.Usage
---@field cost? number
---@field agent string
---@field forked_from? llmspell.ForkedFrom

---What came of a step of a workflow; `duration` is seconds, `round` counts from 1 in loops and maps.
---
---`status` is `completed`, `failed`, `skipped` (its condition was false), `cancelled` or `pending` (never begun). One
---that is a workflow itself has `steps` of its own.
---@class llmspell.Step
---@field name string
---@field kind string
---@field status "completed"|"failed"|"skipped"|"cancelled"|"pending"
---@field output? any
---@field text string
---@field error? llmspell.Failure
---@field duration number
---@field attempts integer
---@field round integer
---@field steps? any[]

---What a step's function knows.
---
---`input` is the workflow's, `steps` are those before it by name; `item` and `index` are a loop's or a map's, counted
---from 1, and `previous` the steps of the round before. `state` is what the state of the run holds, by key; write it
---with `State.set`.
---@class llmspell.StepContext
---@field input any
---@field steps table
---@field item any
---@field index integer
---@field previous table
---@field state table

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

---How a spell ended: its `value`, the lines it `printed`, its calls and events in order, the state of its run.
---@class llmspell.Trial
---@field value? any
---@field printed string[]
---@field calls llmspell.TrialCall[]
---@field state table
---@field events llmspell.Event[]
---@field usage llmspell.Usage
---@field cost? number
---@field stop_reason string
---@field error? llmspell.Failure

---A call of a tool (`kind` is `tool`) or a model (`llm`), with what was asked and what came back.
---@class llmspell.TrialCall
---@field kind "llm"|"tool"
---@field name string
---@field path string
---@field arguments? any
---@field messages? llmspell.Message[]
---@field output? any
---@field text? string
---@field error? llmspell.Failure

---One question and what came of it; `messages` is what it added to the history, nothing when it failed.
---
---With `replaces` they took the place of all that was said before, which compaction had made shorter.
---@class llmspell.Turn
---@field number integer
---@field asked string
---@field agent string
---@field input string
---@field messages llmspell.Message[]
---@field replaces boolean
---@field calls llmspell.Call[]
---@field stop_reason string
---@field output? any
---@field error? llmspell.Failure
---@field usage llmspell.Usage
---@field cost? number
---@field time string
---@field duration number

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

---A conversation with the agent that remembers what was said.
---
---Where the spell is run in a session (`llmspell run --session`) and begins a chat without a `history`, outside of
---tools, agents and steps, the chat is that session's: it begins with what was said there, and its turns are kept.
---@param options? llmspell.ChatOptions
---@return llmspell.Chat
function _Agent:chat(options) end

---`chat`, with the error as a second value instead of raising it.
---@param options? llmspell.ChatOptions
---@return llmspell.Chat|nil
---@return llmspell.Failure|nil
function _Agent:try_chat(options) end

---The agent as a tool that asks it, for the `tools` of other agents.
---@param options? llmspell.ToolNameOptions
---@return llmspell.Tool
function _Agent:as_tool(options) end

---`as_tool`, with the error as a second value instead of raising it.
---@param options? llmspell.ToolNameOptions
---@return llmspell.Tool|nil
---@return llmspell.Failure|nil
function _Agent:try_as_tool(options) end

---Forget the agent; its name is free again.
function _Agent:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Agent:try_close() end

---A conversation with an agent. It stays with whoever has answered last, if the agent hands it over.
---@class llmspell.Chat
local _Chat = {}

---The answer to one more message; its `messages` are those that this turn has added.
---@param text string
---@param options? llmspell.SendOptions
---@return llmspell.Reply
function _Chat:send(text, options) end

---`send`, with the error as a second value instead of raising it.
---@param text string
---@param options? llmspell.SendOptions
---@return llmspell.Reply|nil
---@return llmspell.Failure|nil
function _Chat:try_send(text, options) end

---The answer to one more message as it comes; `result()` is what `send` would give.
---@param text string
---@param options? llmspell.SendOptions
---@return llmspell.Stream
function _Chat:stream(text, options) end

---`stream`, with the error as a second value instead of raising it.
---@param text string
---@param options? llmspell.SendOptions
---@return llmspell.Stream|nil
---@return llmspell.Failure|nil
function _Chat:try_stream(text, options) end

---All messages so far, without the system's; compaction may have put a summary in the place of some.
---@return llmspell.Message[]
function _Chat:history() end

---`history`, with the error as a second value instead of raising it.
---@return llmspell.Message[]|nil
---@return llmspell.Failure|nil
function _Chat:try_history() end

---The name of the agent that answers the next message.
---@return string
function _Chat:agent() end

---`agent`, with the error as a second value instead of raising it.
---@return string|nil
---@return llmspell.Failure|nil
function _Chat:try_agent() end

---Another conversation that begins with what was said in this one; what follows is each one's own.
---
---One of a session is no longer the session's.
---@return llmspell.Chat
function _Chat:fork() end

---`fork`, with the error as a second value instead of raising it.
---@return llmspell.Chat|nil
---@return llmspell.Failure|nil
function _Chat:try_fork() end

---Forget what was said; the first agent answers again. What a session keeps cannot be forgotten: an error.
function _Chat:reset() end

---`reset`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Chat:try_reset() end

---Forget the conversation.
function _Chat:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Chat:try_close() end

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

---The state of a scope: of `run` and `temp`, that of whichever call uses the handle.
---@class llmspell.Scope
local _Scope = {}

---The value of a key, or the default (nothing) when it is not set.
---@param key string
---@param default? any
---@return any
function _Scope:get(key, default) end

---`get`, with the error as a second value instead of raising it.
---@param key string
---@param default? any
---@return any|nil
---@return llmspell.Failure|nil
function _Scope:try_get(key, default) end

---Set a key.
---@param key string
---@param value any
---@param options? llmspell.SetOptions
function _Scope:set(key, value, options) end

---`set`, with the error as a second value instead of raising it.
---@param key string
---@param value any
---@param options? llmspell.SetOptions
---@return any|nil
---@return llmspell.Failure|nil
function _Scope:try_set(key, value, options) end

---Unset a key; whether it was set.
---@param key string
---@return boolean
function _Scope:delete(key) end

---`delete`, with the error as a second value instead of raising it.
---@param key string
---@return boolean|nil
---@return llmspell.Failure|nil
function _Scope:try_delete(key) end

---The keys that start with a prefix, sorted.
---@param prefix? string
---@return string[]
function _Scope:list(prefix) end

---`list`, with the error as a second value instead of raising it.
---@param prefix? string
---@return string[]|nil
---@return llmspell.Failure|nil
function _Scope:try_list(prefix) end

---Set a key to `function(value)` and give the new value; nobody changes the key in between.
---
---The function is called again if somebody did; it must not update the same key itself.
---@param key string
---@param fn fun(value: any): any
---@param options? llmspell.SetOptions
---@return any
function _Scope:update(key, fn, options) end

---`update`, with the error as a second value instead of raising it.
---@param key string
---@param fn fun(value: any): any
---@param options? llmspell.SetOptions
---@return any|nil
---@return llmspell.Failure|nil
function _Scope:try_update(key, fn, options) end

---What `function(transaction)` gives; what it writes through the transaction is written all or not at all.
---
---The function is called again if somebody has changed what it read.
---@param fn fun(transaction: llmspell.Transaction): any
---@return any
function _Scope:transaction(fn) end

---`transaction`, with the error as a second value instead of raising it.
---@param fn fun(transaction: llmspell.Transaction): any
---@return any|nil
---@return llmspell.Failure|nil
function _Scope:try_transaction(fn) end

---Say what holds for a key from now on, in this run; what it has now is not checked.
---@param key string
---@param options llmspell.RuleOptions
function _Scope:define(key, options) end

---`define`, with the error as a second value instead of raising it.
---@param key string
---@param options llmspell.RuleOptions
---@return any|nil
---@return llmspell.Failure|nil
function _Scope:try_define(key, options) end

---A conversation that is kept. Each turn is added to it as a whole, or not at all.
---@class llmspell.Session
local _Session = {}

---Its name, with which any run can open it again.
---@return string
function _Session:id() end

---`id`, with the error as a second value instead of raising it.
---@return string|nil
---@return llmspell.Failure|nil
function _Session:try_id() end

---An agent's answer to one more message: it knows what was said before, and the turn is kept.
---
---Where the agent had handed the session over to another one, that one answers. What a turn that fails or is
---cancelled has said is not part of the history; `turns` has that there was one, and why it failed.
---@param agent llmspell.Agent|string
---@param input string
---@param options? llmspell.SendOptions
---@return llmspell.Reply
function _Session:run(agent, input, options) end

---`run`, with the error as a second value instead of raising it.
---@param agent llmspell.Agent|string
---@param input string
---@param options? llmspell.SendOptions
---@return llmspell.Reply|nil
---@return llmspell.Failure|nil
function _Session:try_run(agent, input, options) end

---An agent's answer as it comes; `result()` is what `run` would give.
---@param agent llmspell.Agent|string
---@param input string
---@param options? llmspell.SendOptions
---@return llmspell.Stream
function _Session:stream(agent, input, options) end

---`stream`, with the error as a second value instead of raising it.
---@param agent llmspell.Agent|string
---@param input string
---@param options? llmspell.SendOptions
---@return llmspell.Stream|nil
---@return llmspell.Failure|nil
function _Session:try_stream(agent, input, options) end

---The messages that the next turn begins with, without the system's; every call has its answer.
---@return llmspell.Message[]
function _Session:history() end

---`history`, with the error as a second value instead of raising it.
---@return llmspell.Message[]|nil
---@return llmspell.Failure|nil
function _Session:try_history() end

---All turns from the first, with all that was said and done, also those that failed.
---@return llmspell.Turn[]
function _Session:turns() end

---`turns`, with the error as a second value instead of raising it.
---@return llmspell.Turn[]|nil
---@return llmspell.Failure|nil
function _Session:try_turns() end

---What is known of it: `id`, `title`, `tags`, `user`, `data`, `turns`, `usage`, `cost`, times.
---@return llmspell.SessionInfo
function _Session:info() end

---`info`, with the error as a second value instead of raising it.
---@return llmspell.SessionInfo|nil
---@return llmspell.Failure|nil
function _Session:try_info() end

---Change what is said about it; this may be done while another run goes on with it.
---@param options llmspell.DescribeOptions
function _Session:describe(options) end

---`describe`, with the error as a second value instead of raising it.
---@param options llmspell.DescribeOptions
---@return any|nil
---@return llmspell.Failure|nil
function _Session:try_describe(options) end

---The artifacts that belong to it, in the order in which they were put.
---@return llmspell.ArtifactRef[]
function _Session:artifacts() end

---`artifacts`, with the error as a second value instead of raising it.
---@return llmspell.ArtifactRef[]|nil
---@return llmspell.Failure|nil
function _Session:try_artifacts() end

---A new session that begins with what was said in this one, up to a turn, and with its state as it is now.
---@param options? llmspell.SessionForkOptions
---@return llmspell.Session
function _Session:fork(options) end

---`fork`, with the error as a second value instead of raising it.
---@param options? llmspell.SessionForkOptions
---@return llmspell.Session|nil
---@return llmspell.Failure|nil
function _Session:try_fork(options) end

---All of it as plain data, for `Session.import` or to be kept as JSON; the artifacts are only named.
---@return table
function _Session:export() end

---`export`, with the error as a second value instead of raising it.
---@return table|nil
---@return llmspell.Failure|nil
function _Session:try_export() end

---What happens while an agent or a model answers; iterate over it, or call `next`, then ask for the `result`.
---@class llmspell.Stream
local _Stream = {}

---The next event, a table with a `type` (`text`, `tool_call`, `tool_result`, `handoff`); nothing at the end.
---
---A failure is raised here once the events before it are read.
---@return llmspell.TextEvent|llmspell.ToolCallEvent|llmspell.ToolResultEvent|llmspell.HandoffEvent|nil
function _Stream:next() end

---`next`, with the error as a second value instead of raising it.
---@return llmspell.TextEvent|llmspell.ToolCallEvent|llmspell.ToolResultEvent|llmspell.HandoffEvent|nil
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

---Reads and writes that belong together: nobody else sees a part of them.
---@class llmspell.Transaction
local _Transaction = {}

---The value of a key, or the default (nothing) when it is not set.
---@param key string
---@param default? any
---@return any
function _Transaction:get(key, default) end

---`get`, with the error as a second value instead of raising it.
---@param key string
---@param default? any
---@return any|nil
---@return llmspell.Failure|nil
function _Transaction:try_get(key, default) end

---Set a key.
---@param key string
---@param value any
---@param options? llmspell.SetOptions
function _Transaction:set(key, value, options) end

---`set`, with the error as a second value instead of raising it.
---@param key string
---@param value any
---@param options? llmspell.SetOptions
---@return any|nil
---@return llmspell.Failure|nil
function _Transaction:try_set(key, value, options) end

---Unset a key; whether it was set.
---@param key string
---@return boolean
function _Transaction:delete(key) end

---`delete`, with the error as a second value instead of raising it.
---@param key string
---@return boolean|nil
---@return llmspell.Failure|nil
function _Transaction:try_delete(key) end

---The keys that start with a prefix, sorted.
---@param prefix? string
---@return string[]
function _Transaction:list(prefix) end

---`list`, with the error as a second value instead of raising it.
---@param prefix? string
---@return string[]|nil
---@return llmspell.Failure|nil
function _Transaction:try_list(prefix) end

---A workflow that can be run. It can stand wherever an agent can, and be a step of another workflow.
---@class llmspell.Workflow
local _Workflow = {}

---What comes of it: `output`, `text`, `steps`, `stop_reason`, `usage`, `cost`.
---
---The `input` may be any data. A step that fails, and does not say otherwise, raises its error, whose `details`
---have the `steps` so far; a limit is no error but a `stop_reason`.
---@param input? any
---@param options? llmspell.AskOptions
---@return llmspell.Reply
function _Workflow:run(input, options) end

---`run`, with the error as a second value instead of raising it.
---@param input? any
---@param options? llmspell.AskOptions
---@return llmspell.Reply|nil
---@return llmspell.Failure|nil
function _Workflow:try_run(input, options) end

---What the agents and models in it say as it comes; `result()` is what `run` would give.
---@param input? any
---@param options? llmspell.AskOptions
---@return llmspell.Stream
function _Workflow:stream(input, options) end

---`stream`, with the error as a second value instead of raising it.
---@param input? any
---@param options? llmspell.AskOptions
---@return llmspell.Stream|nil
---@return llmspell.Failure|nil
function _Workflow:try_stream(input, options) end

---A drawing of the workflow: the text of a Mermaid diagram, or an SVG image.
---@param format? "mermaid"|"svg"
---@return string
function _Workflow:graph(format) end

---`graph`, with the error as a second value instead of raising it.
---@param format? "mermaid"|"svg"
---@return string|nil
---@return llmspell.Failure|nil
function _Workflow:try_graph(format) end

---The workflow as text, which `Workflow.load` reads; what holds functions or handles cannot be written.
---@param format? "yaml"|"json"
---@return string
function _Workflow:dump(format) end

---`dump`, with the error as a second value instead of raising it.
---@param format? "yaml"|"json"
---@return string|nil
---@return llmspell.Failure|nil
function _Workflow:try_dump(format) end

---The workflow as a tool that runs it, for the `tools` of agents.
---@param options? llmspell.ToolNameOptions
---@return llmspell.Tool
function _Workflow:as_tool(options) end

---`as_tool`, with the error as a second value instead of raising it.
---@param options? llmspell.ToolNameOptions
---@return llmspell.Tool|nil
---@return llmspell.Failure|nil
function _Workflow:try_as_tool(options) end

---Forget the workflow; its name is free again.
function _Workflow:close() end

---`close`, with the error as a second value instead of raising it.
---@return any|nil
---@return llmspell.Failure|nil
function _Workflow:try_close() end

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

---What an agent's or a tool's function returns so that another agent goes on; it does nothing by itself.
---@param target string|llmspell.Agent
---@param options? llmspell.HandoffOptions
---@return llmspell.Handoff
function Agent.handoff(target, options) end

---`handoff`, with the error as a second value instead of raising it.
---@param target string|llmspell.Agent
---@param options? llmspell.HandoffOptions
---@return llmspell.Handoff|nil
---@return llmspell.Failure|nil
function Agent.try_handoff(target, options) end

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

---What spells make and keep: text and bytes by name, each version of it, for all runs of the project.
---
---What is put while the run belongs to a session belongs to that session too (`session:artifacts`).
---@class Artifact
Artifact = {}

---Make text or bytes the next version of a name; gives what is known of it, its `version` among that.
---@param name string
---@param content any
---@param options? llmspell.ArtifactPutOptions
---@return llmspell.ArtifactInfo
function Artifact.put(name, content, options) end

---`put`, with the error as a second value instead of raising it.
---@param name string
---@param content any
---@param options? llmspell.ArtifactPutOptions
---@return llmspell.ArtifactInfo|nil
---@return llmspell.Failure|nil
function Artifact.try_put(name, content, options) end

---An artifact: its `content`, and what is known of it.
---@param name string
---@param options? llmspell.ArtifactVersionOptions
---@return llmspell.Artifact
function Artifact.get(name, options) end

---`get`, with the error as a second value instead of raising it.
---@param name string
---@param options? llmspell.ArtifactVersionOptions
---@return llmspell.Artifact|nil
---@return llmspell.Failure|nil
function Artifact.try_get(name, options) end

---What is known of all versions of a name, the first one first.
---@param name string
---@return llmspell.ArtifactInfo[]
function Artifact.versions(name) end

---`versions`, with the error as a second value instead of raising it.
---@param name string
---@return llmspell.ArtifactInfo[]|nil
---@return llmspell.Failure|nil
function Artifact.try_versions(name) end

---What is known of the last version of each name that starts with a prefix, sorted by name.
---@param prefix? string
---@return llmspell.ArtifactInfo[]
function Artifact.list(prefix) end

---`list`, with the error as a second value instead of raising it.
---@param prefix? string
---@return llmspell.ArtifactInfo[]|nil
---@return llmspell.Failure|nil
function Artifact.try_list(prefix) end

---Delete a version, or all of them; gives how many. Their numbers are not given again.
---@param name string
---@param options? llmspell.ArtifactDeleteOptions
---@return integer
function Artifact.delete(name, options) end

---`delete`, with the error as a second value instead of raising it.
---@param name string
---@param options? llmspell.ArtifactDeleteOptions
---@return integer|nil
---@return llmspell.Failure|nil
function Artifact.try_delete(name, options) end

---Write an artifact to a file that the spell may write; gives what is known of it.
---@param name string
---@param path string
---@param options? llmspell.ArtifactExportOptions
---@return llmspell.ArtifactInfo
function Artifact.export(name, path, options) end

---`export`, with the error as a second value instead of raising it.
---@param name string
---@param path string
---@param options? llmspell.ArtifactExportOptions
---@return llmspell.ArtifactInfo|nil
---@return llmspell.Failure|nil
function Artifact.try_export(name, path, options) end

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

---Conversations that are kept, to be gone on with by this run and by others.
---
---The run belongs to the session that it was started in, or that it created, opened or imported last:
---`State.scope("session")` is that one's state, and artifacts that are put belong to it. In a turn it is the turn's
---own session.
---@class Session
Session = {}

---A new session; an `id` that one has already is an error.
---@param options? llmspell.SessionOptions
---@return llmspell.Session
function Session.create(options) end

---`create`, with the error as a second value instead of raising it.
---@param options? llmspell.SessionOptions
---@return llmspell.Session|nil
---@return llmspell.Failure|nil
function Session.try_create(options) end

---The session of this id.
---@param id string
---@return llmspell.Session
function Session.open(id) end

---`open`, with the error as a second value instead of raising it.
---@param id string
---@return llmspell.Session|nil
---@return llmspell.Failure|nil
function Session.try_open(id) end

---The session of this id; a new one, with these options, where there is none.
---@param id string
---@param options? llmspell.SessionOptions
---@return llmspell.Session
function Session.resume(id, options) end

---`resume`, with the error as a second value instead of raising it.
---@param id string
---@param options? llmspell.SessionOptions
---@return llmspell.Session|nil
---@return llmspell.Failure|nil
function Session.try_resume(id, options) end

---The session that the run belongs to, such as the one of `llmspell run --session`.
---@return llmspell.Session
function Session.current() end

---`current`, with the error as a second value instead of raising it.
---@return llmspell.Session|nil
---@return llmspell.Failure|nil
function Session.try_current() end

---What is known of the sessions, the one that changed last first.
---
---One that cannot be read is left out, and the event `session.unreadable` says why.
---@param options? llmspell.SessionListOptions
---@return llmspell.SessionInfo[]
function Session.list(options) end

---`list`, with the error as a second value instead of raising it.
---@param options? llmspell.SessionListOptions
---@return llmspell.SessionInfo[]|nil
---@return llmspell.Failure|nil
function Session.try_list(options) end

---A new session of what `export` gave, under the id that it had or another one.
---@param data table
---@param options? llmspell.SessionImportOptions
---@return llmspell.Session
function Session.import(data, options) end

---`import`, with the error as a second value instead of raising it.
---@param data table
---@param options? llmspell.SessionImportOptions
---@return llmspell.Session|nil
---@return llmspell.Failure|nil
function Session.try_import(data, options) end

---Remove a session with its state; its artifacts stay.
---@param id string
function Session.delete(id) end

---`delete`, with the error as a second value instead of raising it.
---@param id string
---@return any|nil
---@return llmspell.Failure|nil
function Session.try_delete(id) end

---The running spell: `name`, `path`, `profile`, the default `model` and, where it is a tool, its `arguments`.
---@class Spell
---@field name string
---@field path string
---@field profile string
---@field model string
---@field arguments table
Spell = {}

---Values by key: of this run, unless `scope` chooses another; a value that was got is a copy.
---
---`app` is shared by all runs of the project, `user` by those for one user, `session` by those of one session: they
---are kept. `run` is shared by the parts of one run, and gone when it ends; parallel branches of a workflow have it to
---themselves until they merge. `temp` is of one call of an agent, a workflow or a spell, with the tools that it calls.
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
---@param options? llmspell.SetOptions
function State.set(key, value, options) end

---`set`, with the error as a second value instead of raising it.
---@param key string
---@param value any
---@param options? llmspell.SetOptions
---@return any|nil
---@return llmspell.Failure|nil
function State.try_set(key, value, options) end

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

---Set a key to `function(value)` and give the new value; nobody changes the key in between.
---
---The function is called again if somebody did; it must not update the same key itself.
---@param key string
---@param fn fun(value: any): any
---@param options? llmspell.SetOptions
---@return any
function State.update(key, fn, options) end

---`update`, with the error as a second value instead of raising it.
---@param key string
---@param fn fun(value: any): any
---@param options? llmspell.SetOptions
---@return any|nil
---@return llmspell.Failure|nil
function State.try_update(key, fn, options) end

---What `function(transaction)` gives; what it writes through the transaction is written all or not at all.
---
---The function is called again if somebody has changed what it read.
---@param fn fun(transaction: llmspell.Transaction): any
---@return any
function State.transaction(fn) end

---`transaction`, with the error as a second value instead of raising it.
---@param fn fun(transaction: llmspell.Transaction): any
---@return any|nil
---@return llmspell.Failure|nil
function State.try_transaction(fn) end

---Say what holds for a key from now on, in this run; what it has now is not checked.
---@param key string
---@param options llmspell.RuleOptions
function State.define(key, options) end

---`define`, with the error as a second value instead of raising it.
---@param key string
---@param options llmspell.RuleOptions
---@return any|nil
---@return llmspell.Failure|nil
function State.try_define(key, options) end

---The state of a scope.
---@param name "app"|"user"|"session"|"run"|"temp"
---@return llmspell.Scope
function State.scope(name) end

---`scope`, with the error as a second value instead of raising it.
---@param name "app"|"user"|"session"|"run"|"temp"
---@return llmspell.Scope|nil
---@return llmspell.Failure|nil
function State.try_scope(name) end

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

---Tests of spells, in files that `llmspell test` runs; a check that fails fails its case, caught or not.
---@class Test
Test = {}

---A case. It runs once the file has been read to its end, in a run in which no other case has run.
---@param name string
---@param fn fun(): any
function Test.case(name, fn) end

---`case`, with the error as a second value instead of raising it.
---@param name string
---@param fn fun(): any
---@return any|nil
---@return llmspell.Failure|nil
function Test.try_case(name, fn) end

---Run a spell to its end; how it ended is the result, also when it failed. Paths start at the test file.
---@param path string
---@param options? llmspell.TrialOptions
---@return llmspell.Trial
function Test.spell(path, options) end

---`spell`, with the error as a second value instead of raising it.
---@param path string
---@param options? llmspell.TrialOptions
---@return llmspell.Trial|nil
---@return llmspell.Failure|nil
function Test.try_spell(path, options) end

---Both are the same data, tables inside tables included.
---@param got? any
---@param expected? any
---@param message? string
function Test.equal(got, expected, message) end

---`equal`, with the error as a second value instead of raising it.
---@param got? any
---@param expected? any
---@param message? string
---@return any|nil
---@return llmspell.Failure|nil
function Test.try_equal(got, expected, message) end

---The values are not the same data.
---@param got? any
---@param other? any
---@param message? string
function Test.differ(got, other, message) end

---`differ`, with the error as a second value instead of raising it.
---@param got? any
---@param other? any
---@param message? string
---@return any|nil
---@return llmspell.Failure|nil
function Test.try_differ(got, other, message) end

---The part is in it: a text in a text, an item in a list, the keys of a table with their values in a table.
---@param got? any
---@param part? any
---@param message? string
function Test.includes(got, part, message) end

---`includes`, with the error as a second value instead of raising it.
---@param got? any
---@param part? any
---@param message? string
---@return any|nil
---@return llmspell.Failure|nil
function Test.try_includes(got, part, message) end

---A regular expression fits somewhere in the text; it is written as in Python, in every language.
---@param text string
---@param pattern string
---@param message? string
function Test.matches(text, pattern, message) end

---`matches`, with the error as a second value instead of raising it.
---@param text string
---@param pattern string
---@param message? string
---@return any|nil
---@return llmspell.Failure|nil
function Test.try_matches(text, pattern, message) end

---The condition is true.
---@param condition boolean
---@param message? string
function Test.check(condition, message) end

---`check`, with the error as a second value instead of raising it.
---@param condition boolean
---@param message? string
---@return any|nil
---@return llmspell.Failure|nil
function Test.try_check(condition, message) end

---The function fails; gives the error.
---@param fn fun(): any
---@param expected? llmspell.Expected
---@return llmspell.Failure
function Test.raises(fn, expected) end

---`raises`, with the error as a second value instead of raising it.
---@param fn fun(): any
---@param expected? llmspell.Expected
---@return llmspell.Failure|nil
---@return llmspell.Failure|nil
function Test.try_raises(fn, expected) end

---Fail.
---@param message string
function Test.fail(message) end

---`fail`, with the error as a second value instead of raising it.
---@param message string
---@return any|nil
---@return llmspell.Failure|nil
function Test.try_fail(message) end

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

---Agents whose steps are fixed: tools, agents, prompts, functions and other workflows; data flows through them.
---@class Workflow
Workflow = {}

---Steps one after another; its output is what the last one gave.
---@param options llmspell.SequentialOptions
---@return llmspell.Workflow
function Workflow.sequential(options) end

---`sequential`, with the error as a second value instead of raising it.
---@param options llmspell.SequentialOptions
---@return llmspell.Workflow|nil
---@return llmspell.Failure|nil
function Workflow.try_sequential(options) end

---Steps at once; its output has what each gave, by name. What they write to the state is merged at the end.
---@param options llmspell.ParallelOptions
---@return llmspell.Workflow
function Workflow.parallel(options) end

---`parallel`, with the error as a second value instead of raising it.
---@param options llmspell.ParallelOptions
---@return llmspell.Workflow|nil
---@return llmspell.Failure|nil
function Workflow.try_parallel(options) end

---The steps of one branch; its output is what the last of them gave.
---@param options llmspell.ConditionalOptions
---@return llmspell.Workflow
function Workflow.conditional(options) end

---`conditional`, with the error as a second value instead of raising it.
---@param options llmspell.ConditionalOptions
---@return llmspell.Workflow|nil
---@return llmspell.Failure|nil
function Workflow.try_conditional(options) end

---Steps in rounds; its output is what the last step gave in the last round.
---@param options llmspell.LoopOptions
---@return llmspell.Workflow
function Workflow.loop(options) end

---`loop`, with the error as a second value instead of raising it.
---@param options llmspell.LoopOptions
---@return llmspell.Workflow|nil
---@return llmspell.Failure|nil
function Workflow.try_loop(options) end

---Steps for each item of a list, several at once; its output is a list of what the last step gave for each.
---@param options llmspell.MapWorkflowOptions
---@return llmspell.Workflow
function Workflow.map(options) end

---`map`, with the error as a second value instead of raising it.
---@param options llmspell.MapWorkflowOptions
---@return llmspell.Workflow|nil
---@return llmspell.Failure|nil
function Workflow.try_map(options) end

---The workflow that a text in YAML or JSON describes, as `dump` writes it.
---@param text string
---@return llmspell.Workflow
function Workflow.load(text) end

---`load`, with the error as a second value instead of raising it.
---@param text string
---@return llmspell.Workflow|nil
---@return llmspell.Failure|nil
function Workflow.try_load(text) end

---The workflow of this name that this run made.
---@param name string
---@return llmspell.Workflow
function Workflow.get(name) end

---`get`, with the error as a second value instead of raising it.
---@param name string
---@return llmspell.Workflow|nil
---@return llmspell.Failure|nil
function Workflow.try_get(name) end

---The names of the run's workflows, sorted.
---@return string[]
function Workflow.list() end

---`list`, with the error as a second value instead of raising it.
---@return string[]|nil
---@return llmspell.Failure|nil
function Workflow.try_list() end
