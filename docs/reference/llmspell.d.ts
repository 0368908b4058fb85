// The script API, for spells in JavaScript and TypeScript. Generated; `llmspell types` writes it anew.
// It stands in for the browser's declarations: compile with `"lib": ["es2023"]` and `"types": []`.

declare namespace llmspell {
  /**
   * What an agent is made of.
   *
   * `model` is `provider/model`, or nothing for the default; `system` is text or a template; `tools` are names or tool
   * handles; `outputSchema` is a JSON Schema for the final answer. `maxTurns` bounds the model calls of one run;
   * `timeout` is seconds. An agent with a `run` function has no model: the function gets the input and a table with
   * `agent`, `history` and maybe `answer`, and gives text, a table with `text` or `output` (such as another agent's
   * reply), or `Agent.handoff(...)`.
   * `type` names an installed agent type; `options` is what that type understands. `permissions` holds the agent, and
   * all that it calls, to less than the spell may do: patterns by kind, such as `tools`.
   *
   * `agents` are others that the model may ask, as it calls tools; `handoffs` those that it may hand the conversation
   * over to. `returnPolicy` is what this agent does when it was handed one and has answered: `stay` keeps it, `return`
   * gives it back. `toolChoice` is `auto`, `none`, `required` or a tool's name. `approve` are patterns of the names of
   * its tools that a person is asked about before each call. `compaction` says when the conversation is made shorter,
   * and how.
   */
  interface AgentOptions {
    name?: string;
    type?: string;
    description?: string;
    model?: string;
    system?: string | SystemOptions;
    tools?: readonly (string | Tool)[];
    outputSchema?: Record<string, any>;
    temperature?: number;
    maxTokens?: number;
    maxTurns?: number;
    timeout?: number;
    agents?: readonly (string | Agent | Workflow)[];
    handoffs?: readonly (string | Agent | Workflow | HandoffTargetOptions)[];
    returnPolicy?: "stay" | "return";
    toolChoice?: string;
    approve?: readonly string[];
    compaction?: Compaction;
    run?: (input: string, context: AgentContext) => any;
    options?: Record<string, any>;
    permissions?: Record<string, any>;
  }

  /** Which version is deleted; all of them unless given. */
  interface ArtifactDeleteOptions {
    version?: number;
  }

  /** Which version is written, and whether there must be no such file yet (`new`). */
  interface ArtifactExportOptions {
    version?: number;
    new?: boolean;
  }

  /** What an artifact is: its media `type`, plain text or plain bytes unless given, and `metadata` of yours. */
  interface ArtifactPutOptions {
    type?: string;
    metadata?: Record<string, any>;
  }

  /** Which version is meant; the last one unless given. */
  interface ArtifactVersionOptions {
    version?: number;
  }

  /** How an agent is asked: the conversation before (`reply.messages`), and a function told each event. */
  interface AskOptions {
    history?: readonly MessageOptions[];
    onEvent?: (event: TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent) => void;
  }

  /** Steps that are done if a condition holds. */
  interface BranchOptions {
    condition: string | ConditionOptions | ((context: StepContext) => any);
    steps?: readonly StepOptions[];
  }

  /** How a conversation begins: with what was said before (`reply.messages`), or with nothing. */
  interface ChatOptions {
    history?: readonly MessageOptions[];
  }

  /**
   * When a conversation is made shorter, and how.
   *
   * Attributes:
   *     messages: it is too long with more messages than this, the system's not counted; None: with any number.
   *     tokens: it is too long with more tokens than this, as the provider counted them the last time, with an estimate
   *         of what came since; None: with any number.
   *     keep: which share of the limit may be left.
   *     summary: whether a model summarises what is dropped, in a message that takes its place.
   *     model: which model does, `provider/model`; empty: the agent's own.
   *     prompt: what it is told to do.
   */
  interface Compaction {
    messages?: number;
    tokens?: number;
    keep?: number;
    summary?: boolean;
    model?: string;
    prompt?: string;
  }

  /**
   * A request to a model: a `prompt`, or `messages`; `system` stands before either.
   *
   * `model` is `provider/model`, or nothing for the default. `timeout` is seconds for the whole call.
   * `responseFormat` is OpenAI's object. `extra` goes to the server as it is.
   */
  interface CompleteOptions {
    model?: string;
    prompt?: string;
    messages?: readonly MessageOptions[];
    system?: string;
    temperature?: number;
    maxTokens?: number;
    stop?: readonly string[];
    seed?: number;
    responseFormat?: Record<string, any>;
    timeout?: number;
    extra?: Record<string, any>;
  }

  /** A comparison: `value op to`. `in` asks whether the value is one of a list, or a part of a text. */
  interface ConditionOptions {
    value: any;
    op?: "==" | "!=" | ">" | ">=" | "<" | "<=" | "in" | "contains";
    to?: any;
  }

  /** A workflow that does the steps of the first of its `branches` whose condition holds, or those of `otherwise`. */
  interface ConditionalOptions {
    name?: string;
    description?: string;
    output?: any;
    inputSchema?: Record<string, any>;
    branches?: readonly BranchOptions[];
    otherwise?: readonly StepOptions[];
  }

  /** What to say about a session from now on; what is not given stays. */
  interface DescribeOptions {
    title?: string;
    tags?: readonly string[];
    user?: string;
    data?: Record<string, any>;
  }

  /** How `Json.encode` writes: `indent` spaces per level; none means one line. */
  interface EncodeOptions {
    indent?: number;
  }

  /** What an error must be: its `kind`, and a part of its `message`; empty for any. */
  interface Expected {
    kind?: string;
    message?: string;
  }

  /** What stands in for a step that failed: a `value`, or something else to do, as in a step. */
  interface FallbackOptions {
    tool?: string | Tool;
    arguments?: Record<string, any>;
    agent?: string | Agent | Workflow | StepAgentOptions;
    workflow?: string | Workflow | Record<string, any>;
    prompt?: string;
    run?: (context: StepContext) => any;
    input?: any;
    model?: string;
    system?: string;
    temperature?: number;
    maxTokens?: number;
    value?: any;
  }

  /**
   * What goes along with a handoff.
   *
   * `input` is what the other agent is asked; without it, what the user said last. `history` is what of the conversation
   * goes along: `all`, `none`, how many messages from the end, or a function that gets them all and gives those.
   * `state` has values that are set in the run's state before; `reason` is for people and events.
   */
  interface HandoffOptions {
    input?: string;
    history?: string | number | ((messages: Message[]) => readonly Message[] | PromiseLike<readonly Message[]>);
    state?: Record<string, any>;
    reason?: string;
  }

  /**
   * An agent to hand over to, when to, and with how much of the conversation.
   *
   * `agent` is the agent or its name. `description` is for the model; without it, the agent's own. `history` is `all`,
   * `none`, how many messages from the end, or a function that gets them all and gives those that go along.
   */
  interface HandoffTargetOptions {
    agent: string | Agent | Workflow;
    description?: string;
    history?: string | number | ((messages: Message[]) => readonly Message[] | PromiseLike<readonly Message[]>);
  }

  /** How a hook's own failure is treated: a `guard` that fails stops the operation; `timeout` is seconds. */
  interface HookOptions {
    guard?: boolean;
    timeout?: number;
  }

  /**
   * A workflow that does its `steps` again and again.
   *
   * As many `times`, or once for each item of the list `over`; as long as `repeatWhile` holds before a round, and until
   * `repeatUntil` holds after one. To want more than `maxIterations` ends it as `budget.iterations`.
   */
  interface LoopOptions {
    name?: string;
    description?: string;
    output?: any;
    inputSchema?: Record<string, any>;
    steps?: readonly StepOptions[];
    times?: number | string;
    over?: string | readonly any[];
    repeatWhile?: string | ConditionOptions | ((context: StepContext) => any);
    repeatUntil?: string | ConditionOptions | ((context: StepContext) => any);
    maxIterations?: number;
  }

  /** How `Async.map` works: at most `limit` calls at once. */
  interface MapOptions {
    limit?: number;
  }

  /** A workflow that does its `steps` for each item of the list `over`, `maxConcurrency` items at once. */
  interface MapWorkflowOptions {
    name?: string;
    description?: string;
    output?: any;
    inputSchema?: Record<string, any>;
    steps?: readonly StepOptions[];
    over?: string | readonly any[];
    maxConcurrency?: number;
    maxIterations?: number;
  }

  /** A message of a conversation, as `reply.messages` has them. */
  interface MessageOptions {
    role: "system" | "user" | "assistant" | "tool";
    content?: string;
    toolCalls?: readonly ToolCallOptions[];
    toolCallId?: string;
  }

  /**
   * A web API as tools.
   *
   * `document` is an OpenAPI document (3.0 or 3.1): data, or a file of the project, JSON or YAML. `baseUrl` takes the
   * place of its servers; `variables` are those of a server's URL. `include` are patterns of operationIds or names, and
   * `tags` are tags; without them all operations become tools. `prefix` goes before each name. `secret` is the name of
   * the key that the API wants, or a table from security schemes to such names. `timeout` is seconds for one call.
   */
  interface OpenApiOptions {
    document: string | Record<string, any>;
    baseUrl?: string;
    variables?: Record<string, any>;
    include?: readonly string[];
    tags?: readonly string[];
    prefix?: string;
    secret?: string | Record<string, any>;
    timeout?: number;
  }

  /** A workflow of `steps` that are done at once, at most `maxConcurrency` of them. */
  interface ParallelOptions {
    name?: string;
    description?: string;
    output?: any;
    inputSchema?: Record<string, any>;
    steps?: readonly StepOptions[];
    maxConcurrency?: number;
  }

  /** How a program runs: `stdin` is text or bytes, `timeout` seconds, `maxOutput` bytes, `env` more variables. */
  interface ProcessOptions {
    stdin?: any;
    timeout?: number;
    cwd?: string;
    env?: Record<string, any>;
    maxOutput?: number;
  }

  /** How a file is read whole: as text in UTF-8, or with `binary` as bytes. */
  interface ReadOptions {
    binary?: boolean;
  }

  /**
   * How often a step is tried in all, and how many seconds are waited: `backoff`, then twice as many, at most 60.
   *
   * `errors` says which failures are worth it: those that are `retryable`, or `any`.
   */
  interface RetryOptions {
    attempts?: number;
    backoff?: number;
    errors?: "retryable" | "any";
  }

  /**
   * What holds for a key: the JSON Schema of its values, how those of parallel branches merge, how long they last.
   *
   * `reducer` is a name, or `function(merged, value, base)`: what the branches before have come to, the next one's
   * value, and what the key had before they began. `ttl` is seconds.
   */
  interface RuleOptions {
    schema?: Record<string, any>;
    reducer?: "append" | "add" | "union" | "max" | "min" | "replace" | ((merged: any, value: any, base: any) => any);
    ttl?: number;
  }

  /** A tool call of a scripted model; arguments given as text go out as they are, broken or not. */
  interface ScriptedCall {
    name: string;
    arguments?: Record<string, any> | string;
  }

  /** How a scripted model fails. */
  interface ScriptedFailure {
    message?: string;
    kind?: string;
    retryable?: boolean;
  }

  /**
   * One answer of a scripted model: `text`, `calls` of tools (with `text` before them), or how it is to `fail`.
   *
   * `fail` is an HTTP status or an object. `delay` is seconds before the answer. The tokens are what it says it used.
   */
  interface ScriptedStep {
    text?: string;
    calls?: readonly ScriptedCall[];
    fail?: ScriptedFailure | number;
    delay?: number;
    inputTokens?: number;
    outputTokens?: number;
  }

  /** How many tools a search gives at most, from 1 to 100. */
  interface SearchOptions {
    limit?: number;
  }

  /** How a message is sent: with a function told each event. */
  interface SendOptions {
    onEvent?: (event: TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent) => void;
  }

  /** A workflow of `steps`, one after another. */
  interface SequentialOptions {
    name?: string;
    description?: string;
    output?: any;
    inputSchema?: Record<string, any>;
    steps?: readonly StepOptions[];
  }

  /** How a session is forked: after the `turn` of this number, or the last one; with an `id` and a `title`. */
  interface SessionForkOptions {
    turn?: number;
    id?: string;
    title?: string;
  }

  /** Under which `id` a session is imported; the one that it had unless given. */
  interface SessionImportOptions {
    id?: string;
  }

  /** Which sessions are listed: those of a `user`, those with a `tag`; all without. */
  interface SessionListOptions {
    user?: string;
    tag?: string;
  }

  /**
   * What a session is called: its `id`, or one that nobody has; and what is said about it.
   *
   * `user` is whose it is, the run's own unless given; `data` is plain data of yours.
   */
  interface SessionOptions {
    id?: string;
    title?: string;
    tags?: readonly string[];
    user?: string;
    data?: Record<string, any>;
  }

  /** How a key is set: for `ttl` seconds; without it, for as long as its rule says, or for ever. */
  interface SetOptions {
    ttl?: number;
  }

  /**
   * Another spell as a tool.
   *
   * `path` is its file, in the folders where modules are: the spell's own, and those of `modules.paths`. What `name`,
   * `description` and `parameters` (as for `Tool.define`) leave out is taken from the comment that the spell begins
   * with; the name else from its file. `timeout` is seconds. The spell finds its arguments in `Spell.arguments`.
   */
  interface SpellOptions {
    path: string;
    name?: string;
    description?: string;
    parameters?: Record<string, any>;
    timeout?: number;
  }

  /** An agent that is made for a step; the keys mean what they mean in `Agent.create`. */
  interface StepAgentOptions {
    type?: string;
    model?: string;
    system?: string;
    tools?: readonly (string | Tool)[];
    outputSchema?: Record<string, any>;
    temperature?: number;
    maxTokens?: number;
    maxTurns?: number;
    timeout?: number;
    options?: Record<string, any>;
  }

  /**
   * One step: what it does, and what happens around it.
   *
   * Without a `name` it is `step-1` and so on. `condition` says whether it is done. `timeout` is seconds for each
   * attempt. `onError` is `fail`, `continue` (go on without an output) or `fallback`, with the `fallback` that stands
   * in for it. `outputSchema` is a JSON Schema that the output must fit; a prompt's answer is then asked for as JSON.
   */
  interface StepOptions {
    tool?: string | Tool;
    arguments?: Record<string, any>;
    agent?: string | Agent | Workflow | StepAgentOptions;
    workflow?: string | Workflow | Record<string, any>;
    prompt?: string;
    run?: (context: StepContext) => any;
    input?: any;
    model?: string;
    system?: string;
    temperature?: number;
    maxTokens?: number;
    name?: string;
    condition?: string | ConditionOptions | ((context: StepContext) => any);
    retry?: RetryOptions;
    timeout?: number;
    onError?: "fail" | "continue" | "fallback";
    fallback?: FallbackOptions;
    outputSchema?: Record<string, any>;
  }

  /**
   * How a subscription treats a slow reader.
   *
   * At most `limit` events wait; what does not fit is dropped, and an `events.dropped` event tells how many
   * (`overflow = "drop"`), or `Event.publish` waits for room (`overflow = "wait"`).
   */
  interface SubscribeOptions {
    limit?: number;
    overflow?: "drop" | "wait";
  }

  /** An agent's instructions from a template: its name or its text, as `Template.render` takes it, and values. */
  interface SystemOptions {
    template: string;
    values?: Record<string, any>;
  }

  /** A tool call in a message; `arguments` is JSON text. */
  interface ToolCallOptions {
    id: string;
    name: string;
    arguments: string;
  }

  /**
   * A tool that is written in the spell.
   *
   * `parameters` is a JSON Schema of type object, or the short form: name to type name (`"integer"`), to a property
   * schema, or to `{}` for any value; names are required unless the property says `optional = true`. `run` gets the
   * arguments as one table. `timeout` is seconds.
   */
  interface ToolDefinition {
    name: string;
    run(arguments: Record<string, any>): any;
    description?: string;
    parameters?: Record<string, any>;
    timeout?: number;
  }

  /** What an agent is called as a tool, and what models are told of it; its own name and description, unless given. */
  interface ToolNameOptions {
    name?: string;
    description?: string;
  }

  /**
   * How a spell is run.
   *
   * `args` are the words after `--`. `model` is what every model answers, in order: texts and steps, all of which must
   * be used. `replay` is the file of a recording that answers instead, for tools too. `state` is what the state of the
   * run holds before, and `config` sets configuration by key. `clock` is `virtual`, where waits take no time, or
   * `real`, where the spell has the worker process that its profile demands.
   */
  interface TrialOptions {
    args?: readonly string[];
    model?: readonly (ScriptedStep | string)[];
    replay?: string;
    state?: Record<string, any>;
    config?: Record<string, any>;
    clock?: "virtual" | "real";
  }

  /** How a file is written: with `new`, one that is there already is an error of kind `conflict`. */
  interface WriteOptions {
    new?: boolean;
  }

  /**
   * What an agent's function knows besides its input.
   *
   * `agent` is its name; `history` the conversation, with what is asked; `answer` what an agent has answered that it
   * had handed over to, and that gave the conversation back.
   */
  interface AgentContext {
    agent: string;
    history: Message[];
    answer?: Reply;
  }

  /** A version of an artifact with its content: text if it was put as text, else bytes. */
  interface Artifact {
    name: string;
    version: number;
    digest: string;
    type: string;
    size: number;
    text: boolean;
    created: string;
    metadata: Record<string, any>;
    run: string;
    session?: string;
    user: string;
    content: any;
  }

  /**
   * What is known of a version of an artifact: its media `type`, its `size` in bytes, where it comes from.
   *
   * `text` says whether it was put as text; `digest` is the SHA-256 of its content; `created` is ISO 8601, in UTC.
   */
  interface ArtifactInfo {
    name: string;
    version: number;
    digest: string;
    type: string;
    size: number;
    text: boolean;
    created: string;
    metadata: Record<string, any>;
    run: string;
    session?: string;
    user: string;
  }

  /** An artifact that belongs to a session, put after so many of its turns; `Artifact.get` has its content. */
  interface ArtifactRef {
    name: string;
    version: number;
    digest: string;
    type: string;
    size: number;
    turn: number;
  }

  /** A tool call that an agent made, with what the tool gave or why it failed; `duration` is seconds. */
  interface Call {
    id: string;
    name: string;
    arguments?: any;
    output?: any;
    error?: Failure;
    duration: number;
  }

  /** A model's answer; `cost` is USD, and missing where nobody knows it. */
  interface Completion {
    text: string;
    toolCalls: ToolCall[];
    finishReason: "stop" | "tool_calls" | "length" | "content_filter";
    usage: Usage;
    model: string;
    cost?: number;
  }

  /** What came of an earlier step. */
  interface DoneStep {
    status: string;
    output?: any;
    text: string;
    error?: Failure;
  }

  /** An event of the run's log; `time` is ISO 8601, in UTC. */
  interface Event {
    seq: number;
    time: string;
    run: string;
    path: string;
    kind: string;
    data: Record<string, any>;
  }

  /** What went wrong: a `kind` to decide by, a `message` to read, and in `hint` what to do about it. */
  interface Failure {
    kind: string;
    message: string;
    component: string;
    retryable: boolean;
    hint: string;
    details: Record<string, any>;
  }

  /** What stands at a path: its `size` in bytes, and when it was `modified`, in seconds since 1970. */
  interface FileInfo {
    kind: "file" | "folder" | "other";
    size: number;
    modified: number;
  }

  /**
   * How a program ended: `code` is its exit status, or the negative number of the `signal` that ended it.
   *
   * `ok` means that it ended by itself with 0. What it wrote is text in UTF-8, or bytes where it is none. `truncated`
   * means that it wrote more than it may. `duration` is seconds.
   */
  interface Finished {
    ok: boolean;
    code: number;
    signal: string;
    stdout: any;
    stderr: any;
    truncated: boolean;
    duration: number;
  }

  /** Where a session comes from: the other's id, and how many of its turns it began with. */
  interface ForkedFrom {
    session: string;
    turn: number;
  }

  /** A tool as `Tool.search` finds it; `description` is its first sentence, `needs` the permissions it uses. */
  interface FoundTool {
    name: string;
    description: string;
    category: string;
    tags: string[];
    needs: string[];
  }

  /** A handoff, to be returned as it is by an agent's or a tool's function. */
  interface Handoff {
    handoff: string;
  }

  /** Another agent has the conversation from now on. */
  interface HandoffEvent {
    type: "handoff";
    agent: string;
  }

  /**
   * An operation, as hooks see it.
   *
   * With the `arguments` of a tool, the `request` to a model, or the `input` of an agent, a workflow or a step.
   */
  interface HookCall {
    kind: string;
    name: string;
    path: string;
    attempt: number;
    arguments: any;
    request: Request;
    input: any;
  }

  /** A message of a conversation. */
  interface Message {
    role: "system" | "user" | "assistant" | "tool";
    content: string;
    toolCalls?: ToolCall[];
    toolCallId?: string;
  }

  /** A hook's answer before an operation: what to change of it. */
  interface Modify {
    modify: Record<string, any>;
  }

  /** A hook's answer: the result to go on with. */
  interface Replace {
    replace: any;
  }

  /** A result of an agent, a tool or a workflow; only the `stopReason` `completed` is success, `cost` is USD. */
  interface Reply {
    text: string;
    output?: any;
    stopReason: string;
    usage: Usage;
    cost?: number;
    messages: Message[];
    calls: Call[];
    steps?: Step[];
    error?: Failure;
    agent: string;
  }

  /** A request to a model, as hooks see it; what is not set is not there. */
  interface Request {
    model: string;
    messages: Message[];
    tools?: any;
    toolChoice?: string;
    responseFormat?: Record<string, any>;
    temperature?: number;
    maxTokens?: number;
    stop?: string[];
    seed?: number;
    timeout: number;
    extra?: Record<string, any>;
  }

  /** What is known of a session; `cost` is USD, and missing where nobody knows it; times are ISO 8601, in UTC. */
  interface SessionInfo {
    id: string;
    title: string;
    tags: string[];
    user: string;
    data: Record<string, any>;
    created: string;
    updated: string;
    turns: number;
    usage: Usage;
    cost?: number;
    agent: string;
    forkedFrom?: ForkedFrom;
  }

  /**
   * What came of a step of a workflow; `duration` is seconds, `round` counts from 1 in loops and maps.
   *
   * `status` is `completed`, `failed`, `skipped` (its condition was false), `cancelled` or `pending` (never begun). One
   * that is a workflow itself has `steps` of its own.
   */
  interface Step {
    name: string;
    kind: string;
    status: "completed" | "failed" | "skipped" | "cancelled" | "pending";
    output?: any;
    text: string;
    error?: Failure;
    duration: number;
    attempts: number;
    round: number;
    steps?: any[];
  }

  /**
   * What a step's function knows.
   *
   * `input` is the workflow's, `steps` are those before it by name; `item` and `index` are a loop's or a map's, counted
   * from 1, and `previous` the steps of the round before. `state` is what the state of the run holds, by key; write it
   * with `State.set`.
   */
  interface StepContext {
    input: any;
    steps: Record<string, any>;
    item: any;
    index: number;
    previous: Record<string, any>;
    state: Record<string, any>;
  }

  /** More of an answer's text. */
  interface TextEvent {
    type: "text";
    text: string;
  }

  /** A tool call in a message; `arguments` is JSON text. */
  interface ToolCall {
    id: string;
    name: string;
    arguments: string;
  }

  /** An agent is about to call a tool. */
  interface ToolCallEvent {
    type: "tool_call";
    id: string;
    name: string;
    arguments: any;
  }

  /** A tool gave an output, or failed. */
  interface ToolResultEvent {
    type: "tool_result";
    id: string;
    name: string;
    output?: any;
    error?: Failure;
  }

  /** A tool, as models are told of it; `parameters` is a JSON Schema. */
  interface ToolSpec {
    name: string;
    description: string;
    parameters: Record<string, any>;
  }

  /** How a spell ended: its `value`, the lines it `printed`, its calls and events in order, the state of its run. */
  interface Trial {
    value?: any;
    printed: string[];
    calls: TrialCall[];
    state: Record<string, any>;
    events: Event[];
    usage: Usage;
    cost?: number;
    stopReason: string;
    error?: Failure;
  }

  /** A call of a tool (`kind` is `tool`) or a model (`llm`), with what was asked and what came back. */
  interface TrialCall {
    kind: "llm" | "tool";
    name: string;
    path: string;
    arguments?: any;
    messages?: Message[];
    output?: any;
    text?: string;
    error?: Failure;
  }

  /**
   * One question and what came of it; `messages` is what it added to the history, nothing when it failed.
   *
   * With `replaces` they took the place of all that was said before, which compaction had made shorter.
   */
  interface Turn {
    number: number;
    asked: string;
    agent: string;
    input: string;
    messages: Message[];
    replaces: boolean;
    calls: Call[];
    stopReason: string;
    output?: any;
    error?: Failure;
    usage: Usage;
    cost?: number;
    time: string;
    duration: number;
  }

  /** Tokens. */
  interface Usage {
    inputTokens: number;
    outputTokens: number;
    cachedTokens: number;
    reasoningTokens: number;
    totalTokens: number;
  }

  /** A hook's answer: the reason why the caller gets an error. */
  interface Veto {
    veto: string;
  }

  /** An agent that can be asked. */
  interface Agent {
    /** The agent's answer: `text`, `output`, `stopReason`, `usage`, `cost`, `messages`, `calls`, `agent`. */
    run(input: string, options?: AskOptions): Promise<Reply>;
    /** `run`, giving the error instead of throwing it. */
    tryRun(input: string, options?: AskOptions): Promise<Tried<Reply>>;
    /** The agent's answer as it comes; `result()` is what `run` would give. */
    stream(input: string, options?: AskOptions): Promise<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>;
    /** `stream`, giving the error instead of throwing it. */
    tryStream(input: string, options?: AskOptions): Promise<Tried<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>>;
    /**
     * A conversation with the agent that remembers what was said.
     *
     * Where the spell is run in a session (`llmspell run --session`) and begins a chat without a `history`, outside of
     * tools, agents and steps, the chat is that session's: it begins with what was said there, and its turns are kept.
     */
    chat(options?: ChatOptions): Promise<Chat>;
    /** `chat`, giving the error instead of throwing it. */
    tryChat(options?: ChatOptions): Promise<Tried<Chat>>;
    /** The agent as a tool that asks it, for the `tools` of other agents. */
    asTool(options?: ToolNameOptions): Promise<Tool>;
    /** `asTool`, giving the error instead of throwing it. */
    tryAsTool(options?: ToolNameOptions): Promise<Tried<Tool>>;
    /** Forget the agent; its name is free again. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
  }

  /** A conversation with an agent. It stays with whoever has answered last, if the agent hands it over. */
  interface Chat {
    /** The answer to one more message; its `messages` are those that this turn has added. */
    send(text: string, options?: SendOptions): Promise<Reply>;
    /** `send`, giving the error instead of throwing it. */
    trySend(text: string, options?: SendOptions): Promise<Tried<Reply>>;
    /** The answer to one more message as it comes; `result()` is what `send` would give. */
    stream(text: string, options?: SendOptions): Promise<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>;
    /** `stream`, giving the error instead of throwing it. */
    tryStream(text: string, options?: SendOptions): Promise<Tried<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>>;
    /** All messages so far, without the system's; compaction may have put a summary in the place of some. */
    history(): Promise<Message[]>;
    /** `history`, giving the error instead of throwing it. */
    tryHistory(): Promise<Tried<Message[]>>;
    /** The name of the agent that answers the next message. */
    agent(): Promise<string>;
    /** `agent`, giving the error instead of throwing it. */
    tryAgent(): Promise<Tried<string>>;
    /**
     * Another conversation that begins with what was said in this one; what follows is each one's own.
     *
     * One of a session is no longer the session's.
     */
    fork(): Promise<Chat>;
    /** `fork`, giving the error instead of throwing it. */
    tryFork(): Promise<Tried<Chat>>;
    /** Forget what was said; the first agent answers again. What a session keeps cannot be forgotten: an error. */
    reset(): Promise<void>;
    /** `reset`, giving the error instead of throwing it. */
    tryReset(): Promise<Tried<void>>;
    /** Forget the conversation. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
  }

  /** An open file. Iterate over it for its lines, or call its methods; close it after use. */
  interface File {
    /**
     * What comes next: that many bytes, a `"line"` without its end, or `"all"` that is left; nothing at the end.
     *
     * Text is never cut inside a character, so a count may give up to three bytes more. At the end, `"all"` is empty.
     */
    read(what?: number | string): Promise<any>;
    /** `read`, giving the error instead of throwing it. */
    tryRead(what?: number | string): Promise<Tried<any>>;
    /** The next line without its end; nothing at the file's end. */
    next(): Promise<string | null>;
    /** `next`, giving the error instead of throwing it. */
    tryNext(): Promise<Tried<string | null>>;
    /** Write text or bytes where the file stands, or at its end if it was opened with `a`. */
    write(content: any): Promise<void>;
    /** `write`, giving the error instead of throwing it. */
    tryWrite(content: any): Promise<Tried<void>>;
    /** Move to `offset` bytes from the start, from here or from the end; gives the place, from the start. */
    seek(whence?: "set" | "cur" | "end", offset?: number): Promise<number>;
    /** `seek`, giving the error instead of throwing it. */
    trySeek(whence?: "set" | "cur" | "end", offset?: number): Promise<Tried<number>>;
    /** Close the file. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
    [Symbol.asyncIterator](): AsyncIterableIterator<string>;
  }

  /** A hook of the spell. */
  interface Hook {
    /** Take the hook away; doing so twice is fine. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
  }

  /** The state of a scope: of `run` and `temp`, that of whichever call uses the handle. */
  interface Scope {
    /** The value of a key, or the default (nothing) when it is not set. */
    get(key: string, otherwise?: any): Promise<any>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(key: string, otherwise?: any): Promise<Tried<any>>;
    /** Set a key. */
    set(key: string, value: any, options?: SetOptions): Promise<void>;
    /** `set`, giving the error instead of throwing it. */
    trySet(key: string, value: any, options?: SetOptions): Promise<Tried<void>>;
    /** Unset a key; whether it was set. */
    delete(key: string): Promise<boolean>;
    /** `delete`, giving the error instead of throwing it. */
    tryDelete(key: string): Promise<Tried<boolean>>;
    /** The keys that start with a prefix, sorted. */
    list(prefix?: string): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(prefix?: string): Promise<Tried<string[]>>;
    /**
     * Set a key to `function(value)` and give the new value; nobody changes the key in between.
     *
     * The function is called again if somebody did; it must not update the same key itself.
     */
    update(key: string, run: (value: any) => any, options?: SetOptions): Promise<any>;
    /** `update`, giving the error instead of throwing it. */
    tryUpdate(key: string, run: (value: any) => any, options?: SetOptions): Promise<Tried<any>>;
    /**
     * What `function(transaction)` gives; what it writes through the transaction is written all or not at all.
     *
     * The function is called again if somebody has changed what it read.
     */
    transaction(run: (transaction: Transaction) => any): Promise<any>;
    /** `transaction`, giving the error instead of throwing it. */
    tryTransaction(run: (transaction: Transaction) => any): Promise<Tried<any>>;
    /** Say what holds for a key from now on, in this run; what it has now is not checked. */
    define(key: string, options: RuleOptions): Promise<void>;
    /** `define`, giving the error instead of throwing it. */
    tryDefine(key: string, options: RuleOptions): Promise<Tried<void>>;
  }

  /** A conversation that is kept. Each turn is added to it as a whole, or not at all. */
  interface Session {
    /** Its name, with which any run can open it again. */
    id(): Promise<string>;
    /** `id`, giving the error instead of throwing it. */
    tryId(): Promise<Tried<string>>;
    /**
     * An agent's answer to one more message: it knows what was said before, and the turn is kept.
     *
     * Where the agent had handed the session over to another one, that one answers. What a turn that fails or is
     * cancelled has said is not part of the history; `turns` has that there was one, and why it failed.
     */
    run(agent: Agent | string, input: string, options?: SendOptions): Promise<Reply>;
    /** `run`, giving the error instead of throwing it. */
    tryRun(agent: Agent | string, input: string, options?: SendOptions): Promise<Tried<Reply>>;
    /** An agent's answer as it comes; `result()` is what `run` would give. */
    stream(agent: Agent | string, input: string, options?: SendOptions): Promise<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>;
    /** `stream`, giving the error instead of throwing it. */
    tryStream(agent: Agent | string, input: string, options?: SendOptions): Promise<Tried<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>>;
    /** The messages that the next turn begins with, without the system's; every call has its answer. */
    history(): Promise<Message[]>;
    /** `history`, giving the error instead of throwing it. */
    tryHistory(): Promise<Tried<Message[]>>;
    /** All turns from the first, with all that was said and done, also those that failed. */
    turns(): Promise<Turn[]>;
    /** `turns`, giving the error instead of throwing it. */
    tryTurns(): Promise<Tried<Turn[]>>;
    /** What is known of it: `id`, `title`, `tags`, `user`, `data`, `turns`, `usage`, `cost`, times. */
    info(): Promise<SessionInfo>;
    /** `info`, giving the error instead of throwing it. */
    tryInfo(): Promise<Tried<SessionInfo>>;
    /** Change what is said about it; this may be done while another run goes on with it. */
    describe(options: DescribeOptions): Promise<void>;
    /** `describe`, giving the error instead of throwing it. */
    tryDescribe(options: DescribeOptions): Promise<Tried<void>>;
    /** The artifacts that belong to it, in the order in which they were put. */
    artifacts(): Promise<ArtifactRef[]>;
    /** `artifacts`, giving the error instead of throwing it. */
    tryArtifacts(): Promise<Tried<ArtifactRef[]>>;
    /** A new session that begins with what was said in this one, up to a turn, and with its state as it is now. */
    fork(options?: SessionForkOptions): Promise<Session>;
    /** `fork`, giving the error instead of throwing it. */
    tryFork(options?: SessionForkOptions): Promise<Tried<Session>>;
    /** All of it as plain data, for `Session.import` or to be kept as JSON; the artifacts are only named. */
    export(): Promise<Record<string, any>>;
    /** `export`, giving the error instead of throwing it. */
    tryExport(): Promise<Tried<Record<string, any>>>;
  }

  /** What happens while an agent or a model answers; iterate over it, or call `next`, then ask for the `result`. */
  interface Stream<End extends Reply | Completion = Reply | Completion, Told extends TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent = TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent> {
    /**
     * The next event, a table with a `type` (`text`, `tool_call`, `tool_result`, `handoff`); nothing at the end.
     *
     * A failure is raised here once the events before it are read.
     */
    next(): Promise<Told | null>;
    /** `next`, giving the error instead of throwing it. */
    tryNext(): Promise<Tried<Told | null>>;
    /** The whole answer, once there is one; an error of kind `cancelled` when the stream was closed before. */
    result(): Promise<End>;
    /** `result`, giving the error instead of throwing it. */
    tryResult(): Promise<Tried<End>>;
    /** Stop what runs, if it still does. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
    [Symbol.asyncIterator](): AsyncIterableIterator<Told>;
  }

  /** Events that match a pattern; iterate over it, or call `next`. */
  interface Subscription {
    /** The next event (`seq`, `time`, `run`, `path`, `kind`, `data`); nothing once the subscription is closed. */
    next(): Promise<Event | null>;
    /** `next`, giving the error instead of throwing it. */
    tryNext(): Promise<Tried<Event | null>>;
    /** Take no more events; those that wait can still be read. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
    [Symbol.asyncIterator](): AsyncIterableIterator<Event>;
  }

  /** A task that `Async.spawn` started. */
  interface Task<Value = any> {
    /** What the function returned; an error of kind `cancelled` when the task was cancelled. */
    wait(): Promise<Value>;
    /** `wait`, giving the error instead of throwing it. */
    tryWait(): Promise<Tried<Value>>;
    /** Stop the task, if it still runs, with all that it had started. */
    cancel(): void;
  }

  /** A tool that can be run and given to agents. */
  interface Tool {
    /** Run the tool; the result's `output` is what it returned. */
    run(arguments?: Record<string, any>): Promise<Reply>;
    /** `run`, giving the error instead of throwing it. */
    tryRun(arguments?: Record<string, any>): Promise<Tried<Reply>>;
    /** Forget the tool; its name is free again. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
  }

  /** Reads and writes that belong together: nobody else sees a part of them. */
  interface Transaction {
    /** The value of a key, or the default (nothing) when it is not set. */
    get(key: string, otherwise?: any): Promise<any>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(key: string, otherwise?: any): Promise<Tried<any>>;
    /** Set a key. */
    set(key: string, value: any, options?: SetOptions): Promise<void>;
    /** `set`, giving the error instead of throwing it. */
    trySet(key: string, value: any, options?: SetOptions): Promise<Tried<void>>;
    /** Unset a key; whether it was set. */
    delete(key: string): Promise<boolean>;
    /** `delete`, giving the error instead of throwing it. */
    tryDelete(key: string): Promise<Tried<boolean>>;
    /** The keys that start with a prefix, sorted. */
    list(prefix?: string): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(prefix?: string): Promise<Tried<string[]>>;
  }

  /** A workflow that can be run. It can stand wherever an agent can, and be a step of another workflow. */
  interface Workflow {
    /**
     * What comes of it: `output`, `text`, `steps`, `stopReason`, `usage`, `cost`.
     *
     * The `input` may be any data. A step that fails, and does not say otherwise, raises its error, whose `details`
     * have the `steps` so far; a limit is no error but a `stopReason`.
     */
    run(input?: any, options?: AskOptions): Promise<Reply>;
    /** `run`, giving the error instead of throwing it. */
    tryRun(input?: any, options?: AskOptions): Promise<Tried<Reply>>;
    /** What the agents and models in it say as it comes; `result()` is what `run` would give. */
    stream(input?: any, options?: AskOptions): Promise<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>;
    /** `stream`, giving the error instead of throwing it. */
    tryStream(input?: any, options?: AskOptions): Promise<Tried<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent | HandoffEvent>>>;
    /** A drawing of the workflow: the text of a Mermaid diagram, or an SVG image. */
    graph(format?: "mermaid" | "svg"): Promise<string>;
    /** `graph`, giving the error instead of throwing it. */
    tryGraph(format?: "mermaid" | "svg"): Promise<Tried<string>>;
    /** The workflow as text, which `Workflow.load` reads; what holds functions or handles cannot be written. */
    dump(format?: "yaml" | "json"): Promise<string>;
    /** `dump`, giving the error instead of throwing it. */
    tryDump(format?: "yaml" | "json"): Promise<Tried<string>>;
    /** The workflow as a tool that runs it, for the `tools` of agents. */
    asTool(options?: ToolNameOptions): Promise<Tool>;
    /** `asTool`, giving the error instead of throwing it. */
    tryAsTool(options?: ToolNameOptions): Promise<Tried<Tool>>;
    /** Forget the workflow; its name is free again. */
    close(): Promise<void>;
    /** `close`, giving the error instead of throwing it. */
    tryClose(): Promise<Tried<void>>;
  }

  /** Agents: models that use tools to answer, or functions of the spell in their place. */
  interface AgentGlobal {
    /** A new agent. Without a name it gets one (`agent-1`, ...); a name that is taken is an error. */
    create(options: AgentOptions): Promise<Agent>;
    /** `create`, giving the error instead of throwing it. */
    tryCreate(options: AgentOptions): Promise<Tried<Agent>>;
    /** What an agent's or a tool's function returns so that another agent goes on; it does nothing by itself. */
    handoff(target: string | Agent, options?: HandoffOptions): Promise<Handoff>;
    /** `handoff`, giving the error instead of throwing it. */
    tryHandoff(target: string | Agent, options?: HandoffOptions): Promise<Tried<Handoff>>;
    /** The agent of this name that this run created. */
    get(name: string): Promise<Agent>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(name: string): Promise<Tried<Agent>>;
    /** The names of the run's agents, sorted. */
    list(): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(): Promise<Tried<string[]>>;
  }

  /**
   * What spells make and keep: text and bytes by name, each version of it, for all runs of the project.
   *
   * What is put while the run belongs to a session belongs to that session too (`session:artifacts`).
   */
  interface ArtifactGlobal {
    /** Make text or bytes the next version of a name; gives what is known of it, its `version` among that. */
    put(name: string, content: any, options?: ArtifactPutOptions): Promise<ArtifactInfo>;
    /** `put`, giving the error instead of throwing it. */
    tryPut(name: string, content: any, options?: ArtifactPutOptions): Promise<Tried<ArtifactInfo>>;
    /** An artifact: its `content`, and what is known of it. */
    get(name: string, options?: ArtifactVersionOptions): Promise<Artifact>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(name: string, options?: ArtifactVersionOptions): Promise<Tried<Artifact>>;
    /** What is known of all versions of a name, the first one first. */
    versions(name: string): Promise<ArtifactInfo[]>;
    /** `versions`, giving the error instead of throwing it. */
    tryVersions(name: string): Promise<Tried<ArtifactInfo[]>>;
    /** What is known of the last version of each name that starts with a prefix, sorted by name. */
    list(prefix?: string): Promise<ArtifactInfo[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(prefix?: string): Promise<Tried<ArtifactInfo[]>>;
    /** Delete a version, or all of them; gives how many. Their numbers are not given again. */
    delete(name: string, options?: ArtifactDeleteOptions): Promise<number>;
    /** `delete`, giving the error instead of throwing it. */
    tryDelete(name: string, options?: ArtifactDeleteOptions): Promise<Tried<number>>;
    /** Write an artifact to a file that the spell may write; gives what is known of it. */
    export(name: string, path: string, options?: ArtifactExportOptions): Promise<ArtifactInfo>;
    /** `export`, giving the error instead of throwing it. */
    tryExport(name: string, path: string, options?: ArtifactExportOptions): Promise<Tried<ArtifactInfo>>;
  }

  /** Doing several things at once. What fails or loses a race is cancelled, with all that it had started. */
  interface AsyncGlobal {
    /** Wait; other tasks go on meanwhile. */
    sleep(seconds: number): Promise<void>;
    /** `sleep`, giving the error instead of throwing it. */
    trySleep(seconds: number): Promise<Tried<void>>;
    /** Run all functions at once; their results in order. The first failure cancels the others and is raised. */
    all<Value extends readonly unknown[] | [] = any>(functions: { [At in keyof Value]: () => Value[At] }): Promise<{ -readonly [At in keyof Value]: Awaited<Value[At]> }>;
    /** `all`, giving the error instead of throwing it. */
    tryAll<Value extends readonly unknown[] | [] = any>(functions: { [At in keyof Value]: () => Value[At] }): Promise<Tried<{ -readonly [At in keyof Value]: Awaited<Value[At]> }>>;
    /** Run all functions at once; the first to return or fail decides, and the others are cancelled. */
    race<Value extends readonly unknown[] | [] = any>(functions: { [At in keyof Value]: () => Value[At] }): Promise<Awaited<Value[number]>>;
    /** `race`, giving the error instead of throwing it. */
    tryRace<Value extends readonly unknown[] | [] = any>(functions: { [At in keyof Value]: () => Value[At] }): Promise<Tried<Awaited<Value[number]>>>;
    /** Run all functions at once; the first to return decides. Fails only when all fail. */
    any<Value extends readonly unknown[] | [] = any>(functions: { [At in keyof Value]: () => Value[At] }): Promise<Awaited<Value[number]>>;
    /** `any`, giving the error instead of throwing it. */
    tryAny<Value extends readonly unknown[] | [] = any>(functions: { [At in keyof Value]: () => Value[At] }): Promise<Tried<Awaited<Value[number]>>>;
    /** `function(item, index)` for each item, at most `limit` (8) at once; the results in order. */
    map<Item = any, Value = any>(items: readonly Item[], run: (item: Item, index: number) => Value | PromiseLike<Value>, options?: MapOptions): Promise<Value[]>;
    /** `map`, giving the error instead of throwing it. */
    tryMap<Item = any, Value = any>(items: readonly Item[], run: (item: Item, index: number) => Value | PromiseLike<Value>, options?: MapOptions): Promise<Tried<Value[]>>;
    /** What the function returns, or an error of kind `timeout` once the seconds have passed. */
    timeout<Value = any>(seconds: number, run: () => Value | PromiseLike<Value>): Promise<Value>;
    /** `timeout`, giving the error instead of throwing it. */
    tryTimeout<Value = any>(seconds: number, run: () => Value | PromiseLike<Value>): Promise<Tried<Value>>;
    /**
     * Start `function(...)` as a task that runs beside the rest; it has `wait()` and `cancel()`.
     *
     * A failure that nobody waited for is raised when the task that started it ends.
     */
    spawn<Value = any>(run: (...rest: any[]) => Value | PromiseLike<Value>, ...arguments: any[]): Task<Value>;
  }

  /** The run's event log: what happened, in order, and what spells add to it. */
  interface EventGlobal {
    /** Append an event of the spell's own, and give its number. Its kind must not be one of llmspell's. */
    publish(kind: string, data?: Record<string, any>): Promise<number>;
    /** `publish`, giving the error instead of throwing it. */
    tryPublish(kind: string, data?: Record<string, any>): Promise<Tried<number>>;
    /** Events from now on: a kind, `prefix.*`, `*.suffix`, or `**` for all; a function is called with each. */
    subscribe(pattern: string, run?: (event: Event) => void, options?: SubscribeOptions): Promise<Subscription>;
    /** `subscribe`, giving the error instead of throwing it. */
    trySubscribe(pattern: string, run?: (event: Event) => void, options?: SubscribeOptions): Promise<Tried<Subscription>>;
    /** The events so far that match. */
    history(pattern?: string): Promise<Event[]>;
    /** `history`, giving the error instead of throwing it. */
    tryHistory(pattern?: string): Promise<Tried<Event[]>>;
  }

  /** Files in the folders that the spell may read and write; present with `--allow-library=io`. */
  interface FilesGlobal {
    /** The whole content of a file. */
    read(path: string, options?: ReadOptions): Promise<any>;
    /** `read`, giving the error instead of throwing it. */
    tryRead(path: string, options?: ReadOptions): Promise<Tried<any>>;
    /** Make text or bytes the content of a file, all at once; its folder must exist. */
    write(path: string, content: any, options?: WriteOptions): Promise<void>;
    /** `write`, giving the error instead of throwing it. */
    tryWrite(path: string, content: any, options?: WriteOptions): Promise<Tried<void>>;
    /** Add text or bytes to the end of a file, which is made if there is none. */
    append(path: string, content: any): Promise<void>;
    /** `append`, giving the error instead of throwing it. */
    tryAppend(path: string, content: any): Promise<Tried<void>>;
    /** The names in a folder, sorted. */
    list(path?: string): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(path?: string): Promise<Tried<string[]>>;
    /** What stands at a path; nothing when there is nothing. Links are followed. */
    stat(path: string): Promise<FileInfo | null>;
    /** `stat`, giving the error instead of throwing it. */
    tryStat(path: string): Promise<Tried<FileInfo | null>>;
    /** Whether there is something at a path. */
    exists(path: string): Promise<boolean>;
    /** `exists`, giving the error instead of throwing it. */
    tryExists(path: string): Promise<Tried<boolean>>;
    /** Remove a file, a link, or an empty folder. */
    remove(path: string): Promise<void>;
    /** `remove`, giving the error instead of throwing it. */
    tryRemove(path: string): Promise<Tried<void>>;
    /** Give a file another name; a file that has it already is replaced. Folders keep their names. */
    rename(path: string, to: string): Promise<void>;
    /** `rename`, giving the error instead of throwing it. */
    tryRename(path: string, to: string): Promise<Tried<void>>;
    /** Make a folder, unless it is there already; the folder above must exist. */
    makeFolder(path: string): Promise<void>;
    /** `makeFolder`, giving the error instead of throwing it. */
    tryMakeFolder(path: string): Promise<Tried<void>>;
    /** An open file: `r` to read, `w` to write anew, `a` to append, with `+` for both, with `b` for bytes. */
    open(path: string, mode?: "r" | "w" | "a" | "r+" | "w+" | "a+" | "rb" | "wb" | "ab" | "r+b" | "w+b" | "a+b" | "rb+" | "wb+" | "ab+"): Promise<File>;
    /** `open`, giving the error instead of throwing it. */
    tryOpen(path: string, mode?: "r" | "w" | "a" | "r+" | "w+" | "a+" | "rb" | "wb" | "ab" | "r+b" | "w+b" | "a+b" | "rb+" | "wb+" | "ab+"): Promise<Tried<File>>;
    /** A new open file without a name, to write and read bytes; it is gone when it is closed. */
    temporary(): Promise<File>;
    /** `temporary`, giving the error instead of throwing it. */
    tryTemporary(): Promise<Tried<File>>;
    /** The name of a new, empty file in the project's folder; remove it after use. */
    temporaryName(): Promise<string>;
    /** `temporaryName`, giving the error instead of throwing it. */
    tryTemporaryName(): Promise<Tried<string>>;
  }

  /** Functions of the spell that stand around what it makes happen. */
  interface HookGlobal {
    /**
     * Call `function(call)` before, or `function(call, result)` after, each operation of a kind.
     *
     * It returns nothing, or a table with one of `modify` (before only: what to change), `replace` (the result,
     * instead of going on) and `veto` (a reason: the caller gets an error).
     */
    on(point: "pre_llm" | "post_llm" | "pre_tool" | "post_tool" | "pre_agent" | "post_agent" | "pre_workflow" | "post_workflow" | "pre_step" | "post_step" | "pre_handoff" | "post_handoff", run: (call: HookCall, result: any) => Modify | Replace | Veto | null | undefined | void | PromiseLike<Modify | Replace | Veto | null | undefined | void>, options?: HookOptions): Promise<Hook>;
    /** `on`, giving the error instead of throwing it. */
    tryOn(point: "pre_llm" | "post_llm" | "pre_tool" | "post_tool" | "pre_agent" | "post_agent" | "pre_workflow" | "post_workflow" | "pre_step" | "post_step" | "pre_handoff" | "post_handoff", run: (call: HookCall, result: any) => Modify | Replace | Veto | null | undefined | void | PromiseLike<Modify | Replace | Veto | null | undefined | void>, options?: HookOptions): Promise<Tried<Hook>>;
    /** The names that `Hook.on` takes. */
    points(): Promise<("pre_llm" | "post_llm" | "pre_tool" | "post_tool" | "pre_agent" | "post_agent" | "pre_workflow" | "post_workflow" | "pre_step" | "post_step" | "pre_handoff" | "post_handoff")[]>;
    /** `points`, giving the error instead of throwing it. */
    tryPoints(): Promise<Tried<("pre_llm" | "post_llm" | "pre_tool" | "post_tool" | "pre_agent" | "post_agent" | "pre_workflow" | "post_workflow" | "pre_step" | "post_step" | "pre_handoff" | "post_handoff")[]>>;
  }

  /** JSON text, and what a language may lack: `Json.null` for null, and `Json.array` to mark an empty list. */
  interface JsonGlobal {
    readonly null: null;
    /** The value as JSON text, with the keys in their own order. */
    encode(value: any, options?: EncodeOptions): Promise<string>;
    /** `encode`, giving the error instead of throwing it. */
    tryEncode(value: any, options?: EncodeOptions): Promise<Tried<string>>;
    /** The value that JSON text stands for. */
    decode(text: string): Promise<any>;
    /** `decode`, giving the error instead of throwing it. */
    tryDecode(text: string): Promise<Tried<any>>;
    /** The same table, marked as a list, so that it stays one when it is empty. */
    array<Item = any>(items?: readonly Item[]): Item[];
    /** Whether a value is JSON's null. */
    isNull(value: any): boolean;
  }

  /** Messages for people, as events of kind `log.<level>`; the command line shows `info` and above. */
  interface LogGlobal {
    /** A detail that helps to find a fault. */
    debug(message: string, fields?: Record<string, any>): Promise<void>;
    /** `debug`, giving the error instead of throwing it. */
    tryDebug(message: string, fields?: Record<string, any>): Promise<Tried<void>>;
    /** Something that a person may want to know. */
    info(message: string, fields?: Record<string, any>): Promise<void>;
    /** `info`, giving the error instead of throwing it. */
    tryInfo(message: string, fields?: Record<string, any>): Promise<Tried<void>>;
    /** Something odd that the spell copes with. */
    warn(message: string, fields?: Record<string, any>): Promise<void>;
    /** `warn`, giving the error instead of throwing it. */
    tryWarn(message: string, fields?: Record<string, any>): Promise<Tried<void>>;
    /** Something that went wrong. */
    error(message: string, fields?: Record<string, any>): Promise<void>;
    /** `error`, giving the error instead of throwing it. */
    tryError(message: string, fields?: Record<string, any>): Promise<Tried<void>>;
  }

  /** Programs that the spell may start, and its surroundings; present with `--allow-library=os`. */
  interface ProcessGlobal {
    /** How a program ended. `argv` is its words, the program's name first; no shell reads them. */
    run(argv: readonly string[], options?: ProcessOptions): Promise<Finished>;
    /** `run`, giving the error instead of throwing it. */
    tryRun(argv: readonly string[], options?: ProcessOptions): Promise<Tried<Finished>>;
    /** The value of an environment variable that the spell may read; nothing when it is not set. */
    getenv(name: string): Promise<string | null>;
    /** `getenv`, giving the error instead of throwing it. */
    tryGetenv(name: string): Promise<Tried<string | null>>;
    /** The folder where relative paths begin: the project's. */
    cwd(): Promise<string>;
    /** `cwd`, giving the error instead of throwing it. */
    tryCwd(): Promise<Tried<string>>;
  }

  /** Models, asked directly: one request, one answer, no tools and no loop. */
  interface ProviderGlobal {
    /** A model's answer: `text`, `finishReason`, `usage`, `model`, and `cost` in USD where it is known. */
    complete(options: CompleteOptions): Promise<Completion>;
    /** `complete`, giving the error instead of throwing it. */
    tryComplete(options: CompleteOptions): Promise<Tried<Completion>>;
    /** A model's answer as it comes: events of type `text`; `result()` is the whole answer. */
    stream(options: CompleteOptions): Promise<Stream<Completion, TextEvent>>;
    /** `stream`, giving the error instead of throwing it. */
    tryStream(options: CompleteOptions): Promise<Tried<Stream<Completion, TextEvent>>>;
    /** The names of the installed providers. */
    list(): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(): Promise<Tried<string[]>>;
    /** The models that a provider knows of, as `provider/model`; it may ask its server. */
    models(provider: string): Promise<string[]>;
    /** `models`, giving the error instead of throwing it. */
    tryModels(provider: string): Promise<Tried<string[]>>;
  }

  /**
   * Conversations that are kept, to be gone on with by this run and by others.
   *
   * The run belongs to the session that it was started in, or that it created, opened or imported last:
   * `State.scope("session")` is that one's state, and artifacts that are put belong to it. In a turn it is the turn's
   * own session.
   */
  interface SessionGlobal {
    /** A new session; an `id` that one has already is an error. */
    create(options?: SessionOptions): Promise<Session>;
    /** `create`, giving the error instead of throwing it. */
    tryCreate(options?: SessionOptions): Promise<Tried<Session>>;
    /** The session of this id. */
    open(id: string): Promise<Session>;
    /** `open`, giving the error instead of throwing it. */
    tryOpen(id: string): Promise<Tried<Session>>;
    /** The session of this id; a new one, with these options, where there is none. */
    resume(id: string, options?: SessionOptions): Promise<Session>;
    /** `resume`, giving the error instead of throwing it. */
    tryResume(id: string, options?: SessionOptions): Promise<Tried<Session>>;
    /** The session that the run belongs to, such as the one of `llmspell run --session`. */
    current(): Promise<Session>;
    /** `current`, giving the error instead of throwing it. */
    tryCurrent(): Promise<Tried<Session>>;
    /**
     * What is known of the sessions, the one that changed last first.
     *
     * One that cannot be read is left out, and the event `session.unreadable` says why.
     */
    list(options?: SessionListOptions): Promise<SessionInfo[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(options?: SessionListOptions): Promise<Tried<SessionInfo[]>>;
    /** A new session of what `export` gave, under the id that it had or another one. */
    import(data: Record<string, any>, options?: SessionImportOptions): Promise<Session>;
    /** `import`, giving the error instead of throwing it. */
    tryImport(data: Record<string, any>, options?: SessionImportOptions): Promise<Tried<Session>>;
    /** Remove a session with its state; its artifacts stay. */
    delete(id: string): Promise<void>;
    /** `delete`, giving the error instead of throwing it. */
    tryDelete(id: string): Promise<Tried<void>>;
  }

  /** The running spell: `name`, `path`, `profile`, the default `model` and, where it is a tool, its `arguments`. */
  interface SpellGlobal {
    readonly name: string;
    readonly path: string;
    readonly profile: string;
    readonly model: string;
    readonly arguments: Record<string, any>;
  }

  /**
   * Values by key: of this run, unless `scope` chooses another; a value that was got is a copy.
   *
   * `app` is shared by all runs of the project, `user` by those for one user, `session` by those of one session: they
   * are kept. `run` is shared by the parts of one run, and gone when it ends; parallel branches of a workflow have it to
   * themselves until they merge. `temp` is of one call of an agent, a workflow or a spell, with the tools that it calls.
   */
  interface StateGlobal {
    /** The value of a key, or the default (nothing) when it is not set. */
    get(key: string, otherwise?: any): Promise<any>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(key: string, otherwise?: any): Promise<Tried<any>>;
    /** Set a key. */
    set(key: string, value: any, options?: SetOptions): Promise<void>;
    /** `set`, giving the error instead of throwing it. */
    trySet(key: string, value: any, options?: SetOptions): Promise<Tried<void>>;
    /** Unset a key; whether it was set. */
    delete(key: string): Promise<boolean>;
    /** `delete`, giving the error instead of throwing it. */
    tryDelete(key: string): Promise<Tried<boolean>>;
    /** The keys that start with a prefix, sorted. */
    list(prefix?: string): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(prefix?: string): Promise<Tried<string[]>>;
    /**
     * Set a key to `function(value)` and give the new value; nobody changes the key in between.
     *
     * The function is called again if somebody did; it must not update the same key itself.
     */
    update(key: string, run: (value: any) => any, options?: SetOptions): Promise<any>;
    /** `update`, giving the error instead of throwing it. */
    tryUpdate(key: string, run: (value: any) => any, options?: SetOptions): Promise<Tried<any>>;
    /**
     * What `function(transaction)` gives; what it writes through the transaction is written all or not at all.
     *
     * The function is called again if somebody has changed what it read.
     */
    transaction(run: (transaction: Transaction) => any): Promise<any>;
    /** `transaction`, giving the error instead of throwing it. */
    tryTransaction(run: (transaction: Transaction) => any): Promise<Tried<any>>;
    /** Say what holds for a key from now on, in this run; what it has now is not checked. */
    define(key: string, options: RuleOptions): Promise<void>;
    /** `define`, giving the error instead of throwing it. */
    tryDefine(key: string, options: RuleOptions): Promise<Tried<void>>;
    /** The state of a scope. */
    scope(name: "app" | "user" | "session" | "run" | "temp"): Promise<Scope>;
    /** `scope`, giving the error instead of throwing it. */
    tryScope(name: "app" | "user" | "session" | "run" | "temp"): Promise<Tried<Scope>>;
  }

  /**
   * Text with places for values: those of `[prompts]` in the configuration by name, and any other.
   *
   * `{{name}}` is a value, `{{a.b}}` one inside a table, `{{name | default("x")}}` says what to put where there is none,
   * and `{{> name}}` is another template. Other braces stay as they are, and values are never looked at again.
   */
  interface TemplateGlobal {
    /** What becomes of a template; one word is the name of one, everything else its text. */
    render(template: string, values?: Record<string, any>): Promise<string>;
    /** `render`, giving the error instead of throwing it. */
    tryRender(template: string, values?: Record<string, any>): Promise<Tried<string>>;
    /** The names of the configured templates, sorted. */
    list(): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(): Promise<Tried<string[]>>;
  }

  /** Tests of spells, in files that `llmspell test` runs; a check that fails fails its case, caught or not. */
  interface TestGlobal {
    /** A case. It runs once the file has been read to its end, in a run in which no other case has run. */
    case(name: string, run: () => any): Promise<void>;
    /** `case`, giving the error instead of throwing it. */
    tryCase(name: string, run: () => any): Promise<Tried<void>>;
    /** Run a spell to its end; how it ended is the result, also when it failed. Paths start at the test file. */
    spell(path: string, options?: TrialOptions): Promise<Trial>;
    /** `spell`, giving the error instead of throwing it. */
    trySpell(path: string, options?: TrialOptions): Promise<Tried<Trial>>;
    /** Both are the same data, tables inside tables included. */
    equal(got?: any, expected?: any, message?: string): Promise<void>;
    /** `equal`, giving the error instead of throwing it. */
    tryEqual(got?: any, expected?: any, message?: string): Promise<Tried<void>>;
    /** The values are not the same data. */
    differ(got?: any, other?: any, message?: string): Promise<void>;
    /** `differ`, giving the error instead of throwing it. */
    tryDiffer(got?: any, other?: any, message?: string): Promise<Tried<void>>;
    /** The part is in it: a text in a text, an item in a list, the keys of a table with their values in a table. */
    includes(got?: any, part?: any, message?: string): Promise<void>;
    /** `includes`, giving the error instead of throwing it. */
    tryIncludes(got?: any, part?: any, message?: string): Promise<Tried<void>>;
    /** A regular expression fits somewhere in the text; it is written as in Python, in every language. */
    matches(text: string, pattern: string, message?: string): Promise<void>;
    /** `matches`, giving the error instead of throwing it. */
    tryMatches(text: string, pattern: string, message?: string): Promise<Tried<void>>;
    /** The condition is true. */
    check(condition: boolean, message?: string): Promise<void>;
    /** `check`, giving the error instead of throwing it. */
    tryCheck(condition: boolean, message?: string): Promise<Tried<void>>;
    /** The function fails; gives the error. */
    raises(run: () => any, expected?: Expected): Promise<Failure>;
    /** `raises`, giving the error instead of throwing it. */
    tryRaises(run: () => any, expected?: Expected): Promise<Tried<Failure>>;
    /** Fail. */
    fail(message: string): Promise<void>;
    /** `fail`, giving the error instead of throwing it. */
    tryFail(message: string): Promise<Tried<void>>;
  }

  /** Functions that models and spells can call: those that are installed, and those that a spell defines. */
  interface ToolGlobal {
    /** Define a tool for this run; agents can name it. */
    define(definition: ToolDefinition): Promise<Tool>;
    /** `define`, giving the error instead of throwing it. */
    tryDefine(definition: ToolDefinition): Promise<Tried<Tool>>;
    /**
     * A tool of this run that is another spell: what that returns is the tool's output.
     *
     * It runs as part of this run, with at most the permissions of who calls it; its failure is the tool's.
     */
    fromSpell(options: SpellOptions): Promise<Tool>;
    /** `fromSpell`, giving the error instead of throwing it. */
    tryFromSpell(options: SpellOptions): Promise<Tried<Tool>>;
    /**
     * Tools of this run that call a web API: one for each operation of an OpenAPI document, by name.
     *
     * A name is the operation's id in snake_case, after the prefix. Calls need the permission `net` for the server.
     */
    fromOpenapi(options: OpenApiOptions): Promise<Record<string, any>>;
    /** `fromOpenapi`, giving the error instead of throwing it. */
    tryFromOpenapi(options: OpenApiOptions): Promise<Tried<Record<string, any>>>;
    /** Run a tool by name; the result's `output` is what it returned. */
    run(name: string, arguments?: Record<string, any>): Promise<Reply>;
    /** `run`, giving the error instead of throwing it. */
    tryRun(name: string, arguments?: Record<string, any>): Promise<Tried<Reply>>;
    /** A handle of a tool by name. */
    get(name: string): Promise<Tool>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(name: string): Promise<Tried<Tool>>;
    /** The names of all tools, sorted. */
    list(): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(): Promise<Tried<string[]>>;
    /** The tools that fit a few words best, the best first; searching loads none of them. */
    search(query: string, options?: SearchOptions): Promise<FoundTool[]>;
    /** `search`, giving the error instead of throwing it. */
    trySearch(query: string, options?: SearchOptions): Promise<Tried<FoundTool[]>>;
    /** A tool's `name`, `description` and `parameters` (a JSON Schema). */
    describe(name: string): Promise<ToolSpec>;
    /** `describe`, giving the error instead of throwing it. */
    tryDescribe(name: string): Promise<Tried<ToolSpec>>;
  }

  /** Agents whose steps are fixed: tools, agents, prompts, functions and other workflows; data flows through them. */
  interface WorkflowGlobal {
    /** Steps one after another; its output is what the last one gave. */
    sequential(options: SequentialOptions): Promise<Workflow>;
    /** `sequential`, giving the error instead of throwing it. */
    trySequential(options: SequentialOptions): Promise<Tried<Workflow>>;
    /** Steps at once; its output has what each gave, by name. What they write to the state is merged at the end. */
    parallel(options: ParallelOptions): Promise<Workflow>;
    /** `parallel`, giving the error instead of throwing it. */
    tryParallel(options: ParallelOptions): Promise<Tried<Workflow>>;
    /** The steps of one branch; its output is what the last of them gave. */
    conditional(options: ConditionalOptions): Promise<Workflow>;
    /** `conditional`, giving the error instead of throwing it. */
    tryConditional(options: ConditionalOptions): Promise<Tried<Workflow>>;
    /** Steps in rounds; its output is what the last step gave in the last round. */
    loop(options: LoopOptions): Promise<Workflow>;
    /** `loop`, giving the error instead of throwing it. */
    tryLoop(options: LoopOptions): Promise<Tried<Workflow>>;
    /** Steps for each item of a list, several at once; its output is a list of what the last step gave for each. */
    map(options: MapWorkflowOptions): Promise<Workflow>;
    /** `map`, giving the error instead of throwing it. */
    tryMap(options: MapWorkflowOptions): Promise<Tried<Workflow>>;
    /** The workflow that a text in YAML or JSON describes, as `dump` writes it. */
    load(text: string): Promise<Workflow>;
    /** `load`, giving the error instead of throwing it. */
    tryLoad(text: string): Promise<Tried<Workflow>>;
    /** The workflow of this name that this run made. */
    get(name: string): Promise<Workflow>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(name: string): Promise<Tried<Workflow>>;
    /** The names of the run's workflows, sorted. */
    list(): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(): Promise<Tried<string[]>>;
  }
}

/** Agents: models that use tools to answer, or functions of the spell in their place. */
declare const Agent: llmspell.AgentGlobal;

/**
 * The words after `--` on the command line: `Args[1]` is the first in Lua, `Args[0]` in JavaScript.
 *
 * `--name value` and `--name=value` also appear by name: `Args.name`.
 */
declare const Args: llmspell.Args;

/**
 * What spells make and keep: text and bytes by name, each version of it, for all runs of the project.
 *
 * What is put while the run belongs to a session belongs to that session too (`session:artifacts`).
 */
declare const Artifact: llmspell.ArtifactGlobal;

/** Doing several things at once. What fails or loses a race is cancelled, with all that it had started. */
declare const Async: llmspell.AsyncGlobal;

/** The run's event log: what happened, in order, and what spells add to it. */
declare const Event: llmspell.EventGlobal;

/** Files in the folders that the spell may read and write; present with `--allow-library=io`. */
declare const Files: llmspell.FilesGlobal;

/** Functions of the spell that stand around what it makes happen. */
declare const Hook: llmspell.HookGlobal;

/** JSON text, and what a language may lack: `Json.null` for null, and `Json.array` to mark an empty list. */
declare const Json: llmspell.JsonGlobal;

/** Messages for people, as events of kind `log.<level>`; the command line shows `info` and above. */
declare const Log: llmspell.LogGlobal;

/** Programs that the spell may start, and its surroundings; present with `--allow-library=os`. */
declare const Process: llmspell.ProcessGlobal;

/** Models, asked directly: one request, one answer, no tools and no loop. */
declare const Provider: llmspell.ProviderGlobal;

/**
 * Conversations that are kept, to be gone on with by this run and by others.
 *
 * The run belongs to the session that it was started in, or that it created, opened or imported last:
 * `State.scope("session")` is that one's state, and artifacts that are put belong to it. In a turn it is the turn's
 * own session.
 */
declare const Session: llmspell.SessionGlobal;

/** The running spell: `name`, `path`, `profile`, the default `model` and, where it is a tool, its `arguments`. */
declare const Spell: llmspell.SpellGlobal;

/**
 * Values by key: of this run, unless `scope` chooses another; a value that was got is a copy.
 *
 * `app` is shared by all runs of the project, `user` by those for one user, `session` by those of one session: they
 * are kept. `run` is shared by the parts of one run, and gone when it ends; parallel branches of a workflow have it to
 * themselves until they merge. `temp` is of one call of an agent, a workflow or a spell, with the tools that it calls.
 */
declare const State: llmspell.StateGlobal;

/**
 * Text with places for values: those of `[prompts]` in the configuration by name, and any other.
 *
 * `{{name}}` is a value, `{{a.b}}` one inside a table, `{{name | default("x")}}` says what to put where there is none,
 * and `{{> name}}` is another template. Other braces stay as they are, and values are never looked at again.
 */
declare const Template: llmspell.TemplateGlobal;

/** Tests of spells, in files that `llmspell test` runs; a check that fails fails its case, caught or not. */
declare const Test: llmspell.TestGlobal;

/** Functions that models and spells can call: those that are installed, and those that a spell defines. */
declare const Tool: llmspell.ToolGlobal;

/** Agents whose steps are fixed: tools, agents, prompts, functions and other workflows; data flows through them. */
declare const Workflow: llmspell.WorkflowGlobal;

declare namespace llmspell {
  /** The words after `--`, in order; `--name value` and `--name=value` also by name, and a lone `--flag` is true. */
  type Args = readonly string[] & { readonly [name: string]: string | true | undefined };

  /** What a failed call throws, and what the `try` form of a function gives. */
  interface SpellError extends Error, Failure {}

  /** The answer of the `try` form of a function: the value, or the error. */
  type Tried<Value> = [value: Value, error: undefined] | [value: undefined, error: SpellError];
}

/** Each call prints one line. */
declare const console: {
  log(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};

/** Call a function once, after some milliseconds; the task that sets the timer ends it. */
declare function setTimeout<Given extends any[]>(run: (...given: Given) => void, delay?: number, ...given: Given): number;

/** Call a function again and again, with some milliseconds between; the task that sets the timer ends it. */
declare function setInterval<Given extends any[]>(run: (...given: Given) => void, delay?: number, ...given: Given): number;

declare function clearTimeout(id: number | undefined): void;
declare function clearInterval(id: number | undefined): void;
declare function queueMicrotask(run: () => void): void;

/** A deep copy of data; functions, promises and objects of the script API cannot be copied. */
declare function structuredClone<Value>(value: Value): Value;

/** Text of one-byte characters as Base64. */
declare function btoa(text: string): string;

/** Base64 as text of one-byte characters. */
declare function atob(base64: string): string;

declare const crypto: {
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
};

declare class TextEncoder {
  readonly encoding: "utf-8";
  encode(text?: string): Uint8Array;
}

/** From UTF-8, whole texts only. */
declare class TextDecoder {
  constructor(label?: "utf-8" | "utf8", options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(bytes?: ArrayBuffer | ArrayBufferView): string;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: any): void;
}

declare class AbortSignal {
  private constructor();
  static abort(reason?: any): AbortSignal;
  static timeout(milliseconds: number): AbortSignal;
  static any(signals: Iterable<AbortSignal>): AbortSignal;
  readonly aborted: boolean;
  readonly reason: any;
  onabort: ((event: { type: "abort"; target: AbortSignal }) => void) | null;
  throwIfAborted(): void;
  addEventListener(
    type: "abort",
    listener: (event: { type: "abort"; target: AbortSignal }) => void,
    options?: { once?: boolean },
  ): void;
  removeEventListener(type: "abort", listener: (event: { type: "abort"; target: AbortSignal }) => void): void;
}

/** Hosts are in ASCII. */
declare class URL {
  constructor(url: string | URL, base?: string | URL);
  static canParse(url: string | URL, base?: string | URL): boolean;
  static parse(url: string | URL, base?: string | URL): URL | null;
  href: string;
  readonly origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  readonly searchParams: URLSearchParams;
  hash: string;
  toString(): string;
  toJSON(): string;
}

declare class URLSearchParams {
  constructor(init?: string | Iterable<readonly [string, string]> | Record<string, string> | URLSearchParams);
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  forEach(run: (value: string, name: string, params: URLSearchParams) => void, self?: any): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  toString(): string;
  toJSON(): string;
}
