// Several things at once: the guest's part of the global `Async`.
//
// Each function runs as a task of its own. Whoever starts tasks outlives them: when a wait is over, or a task ends,
// what it started and nobody needs any more is cancelled.

const checkFunction = (what, run) => {
  if (typeof run !== 'function') refuse(`${what} needs a function, not ${shown(run)}`);
};

const shown = (value) => {
  if (value === null || value === undefined) return Str(value);
  if (isArray(value)) return 'a list';
  if (value instanceof P) return 'a promise';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const checkList = (what, list) => {
  if (!isArray(list)) refuse(`${what} needs a list, not ${shown(list)}`);
};

const checkFunctions = (what, list) => {
  checkList(what, list);
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] === 'function') continue;
    const hint = list[i] instanceof P ? 'write () => before it; then it is a task, and can be cancelled' : undefined;
    refuse(`${what}: item ${i} is ${shown(list[i])}, not a function`, hint);
  }
};

// Runs all functions and waits until `judge(i, ok, value)` gives {ok, value}, how the wait ends; the rest is cancelled.
const together = (check, functions, judge) => waiting((wait) => {
  check();
  const parent = wait.task, tasks = [];
  const over = ({ ok, value }) => {
    for (let i = 0; i < tasks.length; i++) cancel(tasks[i]);
    wake(wait, () => (ok ? wait.resolve(value) : wait.reject(value)));
  };
  const list = functions();
  for (let i = 0; i < list.length; i++) {
    const task = newTask(parent, parent.within, (ok, value) => {
      const outcome = judge(i, ok, value);
      if (outcome) over(outcome);
    });
    put(tasks, i, start(task, list[i], []));
  }
  if (list.length === 0) over(judge(-1, true, undefined));
});

// The results in order; the first failure ends the others.
const all = (functions) => {
  const results = [];
  let missing;
  return together(() => checkFunctions('Async.all', functions), () => {
    missing = functions.length;
    return functions;
  }, (i, ok, value) => {
    if (!ok) return { ok, value };
    if (i >= 0) {
      put(results, i, value);
      missing--;
    }
    return missing === 0 ? { ok, value: results } : undefined;
  });
};

const checkSome = (what, functions) => {
  checkFunctions(what, functions);
  if (functions.length === 0) refuse(`${what} needs at least one function`);
};

// What the first function to end returns or throws.
const race = (functions) => together(() => checkSome('Async.race', functions), () => functions, (_, ok, value) => ({ ok, value }));

const allFailed = (failures) => {
  const errors = [];
  let kind;
  for (let i = 0; i < failures.length; i++) {
    const { kind: found, message } = describe(failures[i]);
    put(errors, i, { kind: found, message });
    kind = kind === undefined || kind === found ? found : 'script_failed';
  }
  let messages = '';
  for (let i = 0; i < errors.length; i++) messages += (i ? '; ' : '') + errors[i].message;
  return new SpellError({ kind, message: `Async.any: all ${errors.length} functions failed: ${messages}`, details: { errors } });
};

// What the first function to succeed returns.
const any = (functions) => {
  const failures = [];
  let failed = 0;
  return together(() => checkSome('Async.any', functions), () => functions, (i, ok, value) => {
    if (ok) return { ok, value };
    put(failures, i, value);
    return ++failed === functions.length ? { ok: false, value: allFailed(failures) } : undefined;
  });
};

const readLimit = (options) => {
  if (options === undefined || options === null) return 8;
  if (typeof options !== 'object') refuse(`Async.map needs an object of options, not ${shown(options)}`);
  for (const key of keys(options)) {
    if (key !== 'limit') raise('unknown_option', `Async.map: unknown option '${key}'`, didYouMean(key, ['limit']));
  }
  const { limit } = options;
  if (limit !== undefined && !(isInteger(limit) && limit >= 1)) {
    refuse(`Async.map: limit must be a whole number from 1, not ${typeof limit === 'number' ? limit : shown(limit)}`);
  }
  return limit ?? 8;
};

// `run(item, index)` for each item, at most `limit` (8) at a time; the results in order.
const map = (items, run, options) => {
  const results = [];
  let limit, taken = 0;
  const check = () => {
    checkList('Async.map', items);
    checkFunction('Async.map', run);
    limit = readLimit(options);
  };
  const worker = async () => {
    while (taken < items.length) {
      const i = taken++;
      put(results, i, await run(items[i], i));
    }
  };
  let missing;
  return together(check, () => {
    const workers = [];
    missing = min(limit, items.length);
    for (let i = 0; i < missing; i++) put(workers, i, worker);
    return workers;
  }, (i, ok, value) => {
    if (!ok) return { ok, value };
    if (i >= 0) missing--;
    return missing === 0 ? { ok, value: results } : undefined;
  });
};

const sleep = (seconds) => call('Async.sleep', ',"Async","sleep",[', [seconds]);

// What `run()` gives; an error of kind `timeout` when that takes longer than `seconds`.
const timeout = (seconds, run) => together(() => {
  if (typeof seconds !== 'number' || !(seconds >= 0)) {
    refuse(`Async.timeout needs a number of seconds, not ${typeof seconds === 'number' ? seconds : shown(seconds)}`);
  }
  checkFunction('Async.timeout', run);
}, () => [() => sleep(seconds), run], (i, ok, value) => {
  if (i === 1 || !ok) return { ok, value };
  const message = `the function took longer than ${seconds} seconds`;
  return { ok: false, value: new SpellError({ kind: 'timeout', message, retryable: true }) };
});

const spawned = new W(); // the tasks that scripts hold, to what is known of them

const recordOf = (task, method) => (isObject(task) && weakGet(spawned, task)) || refuse(`${method} needs the task it is called on: write task.${method}()`);

const answer = (wait, { ok, value }) => wake(wait, () => (ok ? wait.resolve(value) : wait.reject(value)));

const taskPrototype = create(unknownNames('Task', 'method', ['wait', 'cancel']));

// What the task's function returned; throws what it threw.
addMethod(taskPrototype, 'wait', (self) => waiting((wait) => {
  const found = recordOf(self, 'wait');
  if (found.task === wait.task) refuse('a task cannot wait for itself');
  found.observed = true;
  setDelete(found.task.parent.lost, found);
  if (found.outcome) answer(wait, found.outcome);
  else setAdd(found.waits, wait);
}));

hide(taskPrototype, 'cancel', function () { cancel(recordOf(this, 'cancel').task); });
hide(taskPrototype, Symbol.toStringTag, 'Task');
freeze(taskPrototype);

// Starts `run(...args)` and goes on. A failure that nobody waited for is thrown when the starting task ends.
const spawn = (run, ...args) => {
  checkFunction('Async.spawn', run);
  const parent = working();
  const found = { task: null, outcome: null, observed: false, value: undefined, waits: new S() };
  const over = (ok, value) => {
    found.outcome = { ok, value };
    setEach(found.waits, (wait) => answer(wait, found.outcome));
  };
  found.task = newTask(parent, parent.within, (ok, value) => {
    if (!ok && !found.observed) {
      setAdd(parent.lost, found);
      found.value = value;
    }
    over(ok, value);
  });
  found.task.onCancel = () => over(false, cancelledError('the task was cancelled'));
  start(found.task, run, args);
  const task = freeze(create(taskPrototype));
  weakSet(spawned, task, found);
  weakSet(opaque, task, 'a task');
  return task;
};

const ownAsync = record({ spawn });
for (const [name, run] of [['all', all], ['race', race], ['any', any], ['map', map], ['timeout', timeout]]) {
  addMethod(ownAsync, name, (_, args) => apply(run, undefined, args));
}
