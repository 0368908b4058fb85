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
