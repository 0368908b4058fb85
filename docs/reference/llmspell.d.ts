// The script API, for spells in JavaScript and TypeScript. Generated; `llmspell types` writes it anew.
// It stands in for the browser's declarations: compile with `"lib": ["es2023"]` and `"types": []`.

declare namespace llmspell {
  /**
   * What an agent is made of.
   *
   * `model` is `provider/model`, or nothing for the default; `system` is text or a template; `tools` are names or tool
   * handles; `outputSchema` is a JSON Schema for the final answer. `maxTurns` bounds the model calls of one run;
   * `timeout` is seconds. An agent with a `run` function has no model: the function gets the input and gives text, or a
   * table with `text` or `output`. `type` names an installed agent type; `options` is what that type understands.
   * `permissions` holds the agent, and all that it calls, to less than the spell may do: patterns by kind, such as
   * `tools`.
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
    run?: (input: string) => any;
    options?: Record<string, any>;
    permissions?: Record<string, any>;
  }

  /** How an agent is asked: the conversation before (`reply.messages`), and a function told each event. */
  interface AskOptions {
    history?: readonly MessageOptions[];
    onEvent?: (event: TextEvent | ToolCallEvent | ToolResultEvent) => void;
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

  /** How `Json.encode` writes: `indent` spaces per level; none means one line. */
  interface EncodeOptions {
    indent?: number;
  }

  /** How a hook's own failure is treated: a `guard` that fails stops the operation; `timeout` is seconds. */
  interface HookOptions {
    guard?: boolean;
    timeout?: number;
  }

  /** How `Async.map` works: at most `limit` calls at once. */
  interface MapOptions {
    limit?: number;
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

  /** How many tools a search gives at most, from 1 to 100. */
  interface SearchOptions {
    limit?: number;
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

  /** How a file is written: with `new`, one that is there already is an error of kind `conflict`. */
  interface WriteOptions {
    new?: boolean;
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

  /** A tool as `Tool.search` finds it; `description` is its first sentence, `needs` the permissions it uses. */
  interface FoundTool {
    name: string;
    description: string;
    category: string;
    tags: string[];
    needs: string[];
  }

  /** An operation, as hooks see it: with the `arguments` of a tool, the `request` to a model, an agent's `input`. */
  interface HookCall {
    kind: string;
    name: string;
    path: string;
    attempt: number;
    arguments: any;
    request: Request;
    input: string;
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
    stream(input: string, options?: AskOptions): Promise<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent>>;
    /** `stream`, giving the error instead of throwing it. */
    tryStream(input: string, options?: AskOptions): Promise<Tried<Stream<Reply, TextEvent | ToolCallEvent | ToolResultEvent>>>;
    /** Forget the agent; its name is free again. */
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

  /** What happens while an agent or a model answers; iterate over it, or call `next`, then ask for the `result`. */
  interface Stream<End extends Reply | Completion = Reply | Completion, Told extends TextEvent | ToolCallEvent | ToolResultEvent = TextEvent | ToolCallEvent | ToolResultEvent> {
    /**
     * The next event, a table with a `type` (`text`, `tool_call`, `tool_result`); nothing at the end.
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

  /** Agents: models that use tools to answer, or functions of the spell in their place. */
  interface AgentGlobal {
    /** A new agent. Without a name it gets one (`agent-1`, ...); a name that is taken is an error. */
    create(options: AgentOptions): Promise<Agent>;
    /** `create`, giving the error instead of throwing it. */
    tryCreate(options: AgentOptions): Promise<Tried<Agent>>;
    /** The agent of this name that this run created. */
    get(name: string): Promise<Agent>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(name: string): Promise<Tried<Agent>>;
    /** The names of the run's agents, sorted. */
    list(): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(): Promise<Tried<string[]>>;
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

  /** The running spell: `name`, `path`, `profile`, the default `model` and, where it is a tool, its `arguments`. */
  interface SpellGlobal {
    readonly name: string;
    readonly path: string;
    readonly profile: string;
    readonly model: string;
    readonly arguments: Record<string, any>;
  }

  /** Values that the parts of a run share, in memory, by key; gone when the run ends. */
  interface StateGlobal {
    /** The value of a key, or the default (nothing) when it is not set. */
    get(key: string, otherwise?: any): Promise<any>;
    /** `get`, giving the error instead of throwing it. */
    tryGet(key: string, otherwise?: any): Promise<Tried<any>>;
    /** Set a key. */
    set(key: string, value: any): Promise<void>;
    /** `set`, giving the error instead of throwing it. */
    trySet(key: string, value: any): Promise<Tried<void>>;
    /** Unset a key; whether it was set. */
    delete(key: string): Promise<boolean>;
    /** `delete`, giving the error instead of throwing it. */
    tryDelete(key: string): Promise<Tried<boolean>>;
    /** The keys that start with a prefix, sorted. */
    list(prefix?: string): Promise<string[]>;
    /** `list`, giving the error instead of throwing it. */
    tryList(prefix?: string): Promise<Tried<string[]>>;
    /** Set a key to `function(value)` and give the new value; no other update of the key comes between. */
    update(key: string, run: (value: any) => any): Promise<any>;
    /** `update`, giving the error instead of throwing it. */
    tryUpdate(key: string, run: (value: any) => any): Promise<Tried<any>>;
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
}

/** Agents: models that use tools to answer, or functions of the spell in their place. */
declare const Agent: llmspell.AgentGlobal;

/**
 * The words after `--` on the command line: `Args[1]` is the first in Lua, `Args[0]` in JavaScript.
 *
 * `--name value` and `--name=value` also appear by name: `Args.name`.
 */
declare const Args: llmspell.Args;

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

/** The running spell: `name`, `path`, `profile`, the default `model` and, where it is a tool, its `arguments`. */
declare const Spell: llmspell.SpellGlobal;

/** Values that the parts of a run share, in memory, by key; gone when the run ends. */
declare const State: llmspell.StateGlobal;

/**
 * Text with places for values: those of `[prompts]` in the configuration by name, and any other.
 *
 * `{{name}}` is a value, `{{a.b}}` one inside a table, `{{name | default("x")}}` says what to put where there is none,
 * and `{{> name}}` is another template. Other braces stay as they are, and values are never looked at again.
 */
declare const Template: llmspell.TemplateGlobal;

/** Functions that models and spells can call: those that are installed, and those that a spell defines. */
declare const Tool: llmspell.ToolGlobal;

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
