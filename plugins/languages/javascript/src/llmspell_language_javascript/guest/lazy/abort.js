// `AbortController` and `AbortSignal`.

const abortError = (name, message) => guest.hide(new Error(message), 'name', name);
const TOKEN = Symbol('signal');

class AbortSignal {
  #aborted = false;
  #reason = undefined;
  #listeners = new Set();
  onabort = null;

  constructor(token) {
    if (token !== TOKEN) throw new TypeError('AbortSignal cannot be made; use new AbortController().signal');
  }

  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }

  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  addEventListener(type, listener, options) {
    if (type === 'abort' && typeof listener === 'function') this.#listeners.add({ listener, once: options?.once === true });
  }

  removeEventListener(type, listener) {
    for (const entry of [...this.#listeners]) if (type === 'abort' && entry.listener === listener) this.#listeners.delete(entry);
  }

  static fire(token, signal, reason) {
    if (token !== TOKEN || signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason === undefined ? abortError('AbortError', 'the operation was aborted') : reason;
    const event = { type: 'abort', target: signal };
    if (typeof signal.onabort === 'function') signal.onabort(event);
    for (const { listener } of [...signal.#listeners]) listener.call(signal, event);
    signal.#listeners.clear();
  }

  static abort(reason) {
    const signal = new AbortSignal(TOKEN);
    fire(TOKEN, signal, reason);
    return signal;
  }

  static timeout(milliseconds) {
    const signal = new AbortSignal(TOKEN);
    guest.newTimer(false)(() => fire(TOKEN, signal, abortError('TimeoutError', 'the operation timed out')), milliseconds);
    return signal;
  }

  static any(signals) {
    const signal = new AbortSignal(TOKEN);
    for (const other of signals) {
      if (other.aborted) fire(TOKEN, signal, other.reason);
      else other.addEventListener('abort', () => fire(TOKEN, signal, other.reason));
    }
    return signal;
  }
}

const { fire } = AbortSignal;
delete AbortSignal.fire;

class AbortController {
  #signal = new AbortSignal(TOKEN);

  get signal() { return this.#signal; }

  abort(reason) { fire(TOKEN, this.#signal, reason); }
}

return { AbortController, AbortSignal };
