// Timers: waits of the host. They belong to the task that sets them, and end with it.

const timers = new M(); // by id: {task, wait}
let timerIds = 0;

const rootOf = (task) => {
  while (task.parent) task = task.parent;
  return task;
};

// What a timer's function throws fails the chunk or the callback that set it.
const failTimer = (id, timer, error) => {
  mapDelete(timers, id);
  if (!timer.task.cancelled) rootOf(timer.task).fail(error);
};

const tick = (id, timer, seconds, again, run, args) => {
  const elapsed = waiting((wait) => {
    timer.wait = wait;
    sendCall(wait, 'setTimeout', ',"Async","sleep",[', [seconds]);
  });
  const fired = then(elapsed, () => {
    if (!mapGet(timers, id)) return;
    if (again) tick(id, timer, seconds, again, run, args);
    else mapDelete(timers, id);
    apply(run, undefined, args);
  });
  then(fired, undefined, (error) => failTimer(id, timer, error));
};

const newTimer = (again) => (run, delay, ...args) => {
  if (typeof run !== 'function') refuse(`a timer needs a function, not ${shown(run)}`);
  const id = ++timerIds, timer = { task: working(), wait: null };
  mapSet(timers, id, timer);
  tick(id, timer, max(0, min(+delay || 0, 2147483647)) / 1000, again, run, args);
  return id;
};

const clearTimer = (id) => {
  const timer = mapGet(timers, id);
  if (!timer) return;
  mapDelete(timers, id);
  drop(timer.wait);
};
