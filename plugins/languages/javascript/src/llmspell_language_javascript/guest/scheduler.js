// Runs the script's tasks, and exchanges messages with the kernel.
//
// JavaScript does not tell on whose behalf a promise's reaction runs. So each message is handled in a turn of its own:
// the machine runs all reactions to their end before the next one, and they belong to the task whose turn it is.
// Messages for one task that follow each other share a turn.

const pending = new M(); // host calls that were not answered, by id: {task, resolve, reject, gives, site}
const callbacks = new M(); // the tasks of callbacks that did not end, by id
const roots = new S(); // the chunk's task and those of callbacks
let calls = 0;
let current = null; // the task whose turn it is
let first = null, last = null; // turns to come, linked
let outbox = '', printed = '', ended = '', imports = '';
let outputBytes = 0;
let stopped = null; // why the script must end, as fields of an error

const send = (message) => {
  outbox += outbox ? `,${message}` : message;
};

const enqueue = (task, run) => {
  const turn = { task, run, next: null };
  if (last) last.next = turn;
  else first = turn;
  last = turn;
};

// Code of a task that ended may still run: it works for the one that started it.
const working = () => {
  let task = current;
  while (task.done && !task.cancelled && task.parent) task = task.parent;
  return task;
};

const newTask = (parent, within, onEnd) => {
  const task = {
    parent, within, onEnd, onCancel: undefined, fail: undefined, children: new S(), waits: new S(), lost: new S(),
    done: false, cancelled: false,
  };
  if (parent) setAdd(parent.children, task);
  return task;
};

const cancelledError = (message) => new SpellError({ kind: 'cancelled', message });

// Nobody waits any more.
const drop = (wait) => {
  setDelete(wait.task.waits, wait);
  if (wait.id === undefined || !mapDelete(pending, wait.id)) return;
  send(`["cancel",${wait.id}]`);
};

// Ends a task and all it started. What it waits for fails once, so that `finally` runs; after that it gets no answer.
const cancel = (task) => {
  if (task.done) return;
  task.done = task.cancelled = true;
  if (task.parent) setDelete(task.parent.children, task);
  setEach(task.waits, (wait) => {
    drop(wait);
    enqueue(task, () => wait.reject(cancelledError('the task was cancelled')));
  });
  setEach(task.children, cancel);
  task.onCancel?.();
};

const finish = (task, ok, value) => {
  if (task.done) return;
  task.done = true;
  if (task.parent) setDelete(task.parent.children, task);
  setEach(task.children, cancel);
  setEach(task.waits, drop);
  if (ok && setSize(task.lost)) {
    setEach(task.lost, (failure) => {
      if (ok) value = failure.value;
      ok = false;
    });
  }
  task.onEnd(ok, value);
};

// Starts `run(...args)` as the task, in a turn of its own.
const start = (task, run, args) => {
  enqueue(task, () => {
    if (task.done) return;
    const promise = (async () => apply(run, undefined, args))();
    then(promise, (value) => finish(task, true, value), (error) => finish(task, false, error));
  });
  return task;
};

// A promise for what `begin(resolve, reject)` brings about; the current task waits for it.
const waiting = (begin) => new P((resolve, reject) => {
  const task = working();
  if (stopped || task.cancelled) return; // the task is over, and hears nothing any more
  const wait = { task, id: undefined, gives: undefined, site: undefined, resolve, reject };
  setAdd(task.waits, wait);
  try {
    begin(wait);
  } catch (error) {
    setDelete(task.waits, wait);
    reject(error);
  }
});

// Ends a wait in a turn of its task.
const wake = (wait, run) => {
  setDelete(wait.task.waits, wait);
  enqueue(wait.task, run);
};

// Calls the host; `target` is the middle of the message, such as `,"Agent","create",[`.
const sendCall = (wait, what, target, args, takes, gives) => {
  const text = encodeArguments(what, args, takes);
  wait.id = ++calls;
  wait.gives = gives;
  wait.site = new E();
  mapSet(pending, wait.id, wait);
  send(`["call",${wait.id}${target}${text}]${wait.task.within}]`);
};

const call = (what, target, args, takes, gives) => waiting((wait) => sendCall(wait, what, target, args, takes, gives));

const BRIEF = 1000; // characters; six such texts fit in what the host takes, however small a value it allows

// An error as JSON, its texts cut, with `lost` in the place of its details. This cannot fail.
const briefJson = ({ line, retryable, ...texts }, lost) => {
  const brief = (text) => stringify(toWellFormed(slice(textOr(text, ''), 0, BRIEF)));
  let json = `{"line":${line},"retryable":${retryable === true},"details":{"lost":${brief(lost)}}`;
  for (const name of ['kind', 'message', 'component', 'hint', 'file', 'traceback']) json += `,"${name}":${brief(texts[name])}`;
  return `${json}}`;
};

const errorJson = (fields) => {
  const whole = { file: mainFile, line: 0, traceback: '', ...fields };
  whole.file ??= mainFile;
  try {
    return encodeValue('error', whole);
  } catch (problem) { // what the script put there is no value; the error itself must arrive
    return briefJson(whole, textOr(problem?.message, ''));
  }
};

// The last message of a root.
const sendLast = (id, message) => {
  ended += `${ended && ','}${id}`;
  send(message);
};

const sendError = (id, fields) => {
  const json = errorJson(fields);
  sendLast(id, id ? `["error",${id},${json}]` : `["failed",${json}]`);
};

// What a root came to: `id` is the callback's, or 0 for the chunk.
const report = (task, id, what, ok, value) => {
  setDelete(roots, task);
  mapDelete(callbacks, id);
  if (!ok) return sendError(id, describe(value));
  let json;
  try {
    json = encodeValue(what, value);
  } catch (failure) {
    return sendError(id, describe(failure));
  }
  return sendLast(id, id ? `["result",${id},${json}]` : `["done",${json}]`);
};

const startRoot = (id, what, run, args) => {
  const task = newTask(null, id ? `,${id}` : '', (ok, value) => report(task, id, what, ok, value));
  task.fail = (error) => {
    cancel(task);
    report(task, id, what, false, error);
  };
  setAdd(roots, task);
  if (id) mapSet(callbacks, id, task);
  start(task, run, args);
};

const settle = (id, run) => {
  const wait = mapGet(pending, id);
  if (!wait) return; // the call was cancelled meanwhile
  mapDelete(pending, id);
  wake(wait, () => run(wait));
};

const deliver = record({
  result(message) {
    settle(message[1], (wait) => wait.resolve(renamed(message[2], wait.gives)));
  },
  error(message) {
    settle(message[1], (wait) => wait.reject(hostError(message[2], wait.site)));
  },
  callback(message) {
    const id = message[1], args = message[3];
    const known = mapGet(functions, message[2]);
    if (!known) return deliver.refused(['', id, { kind: 'internal', message: `the script has no function ${message[2]}` }]);
    for (let i = 0; known.takes && i < args.length; i++) args[i] = renamed(args[i], known.takes[i]);
    return startRoot(id, 'the result of a callback', known.run, args);
  },
  // A callback that cannot run.
  refused(message) {
    sendError(message[1], message[2]);
  },
  cancel(message) {
    mapGet(callbacks, message[1])?.fail(cancelledError('the callback was cancelled'));
  },
});

// Takes the messages of one step, and runs the first turn.
const step = (text, marks, large) => {
  const inbox = decode(text, marks, large);
  for (let i = 0; i < inbox.length; i++) deliver[inbox[i][0]](inbox[i]);
  advance();
};

// Runs a turn: the next message, and those after it for the same task.
const advance = () => {
  if (!first || stopped) return;
  current = first.task;
  do {
    const { run } = first;
    first = first.next;
    if (!first) last = null;
    run();
  } while (first && first.task === current);
};

// The script cannot go on: it used up something.
const stop = (fields) => {
  stopped ??= fields;
};

const DEADLOCK = new SpellError({
  kind: 'script_failed',
  message: 'the script waits for something that can never happen',
  hint: 'a promise is never settled, or two tasks wait for each other',
});

const failRoots = (error) => setEach(roots, (task) => task.fail(error));

// Nothing can wake the script any more: it waits for no answer, and the host knows no function to call.
const isStuck = () => setSize(roots) > 0 && mapSize(pending) === 0 && mapSize(functions) === 0;

const flush = () => {
  if (stopped) failRoots(new SpellError(stopped));
  const text = `[[${printed}],[${ended}],[${imports}]]\n[${outbox}]`;
  outbox = printed = ended = imports = '';
  return flat(text);
};

// What the step gave: '' when there are more turns, else a line with the printed lines, the roots that ended and the
// calls that ask for a module, and a line with the messages.
const drain = () => {
  if (stopped) first = last = null;
  else if (!first && isStuck()) failRoots(DEADLOCK);
  return first && !stopped ? '' : flush();
};

const printLine = (text) => {
  const line = toWellFormed(text);
  outputBytes += line.length + 1;
  if (outputBytes > limits.output_bytes) {
    const limit = limits.output_bytes;
    stop({ kind: 'budget', message: `the script printed more than ${limit} bytes`, details: { budget: 'output', limit } });
  }
  if (stopped) throw new SpellError(stopped);
  printed += `${printed && ','}${stringify(line)}`;
};
