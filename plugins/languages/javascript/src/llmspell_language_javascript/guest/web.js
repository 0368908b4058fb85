// Globals that JavaScript has elsewhere, each group compiled when a script first uses one of its names.

let entropy = ''; // 32 random bytes of the host's, as hexadecimal digits

const SHARED = {
  apply, arrays: { isArray, isView, Bytes }, create, defineProperty, freeze, getPrototypeOf, hide, keys, mapGet, mapSet, M,
  put, raise, refuse, shown, weakGet, weakSet, W, handleIds, opaque, textOr, newTimer, timeOf, E, TypeErr, RangeErr,
  entropy: () => entropy,
};

const replace = (name, value) => defineProperty(globalThis, name, {
  __proto__: null, value, writable: true, enumerable: false, configurable: true,
});

const lazily = (names, source) => {
  let made;
  for (const name of names) {
    defineProperty(globalThis, name, {
      __proto__: null,
      configurable: true,
      get() {
        made ??= construct(Fn, ['guest', source])(SHARED);
        for (const other of names) if (getOwnPropertyDescriptor(globalThis, other)?.get) replace(other, made[other]);
        return made[name];
      },
      set(value) { replace(name, value); },
    });
  }
};

const LAZY = record({
  abort: ['AbortController', 'AbortSignal'],
  base64: ['atob', 'btoa'],
  clone: ['structuredClone'],
  random: ['crypto'],
  text: ['TextDecoder', 'TextEncoder'],
  url: ['URL', 'URLSearchParams'],
});
