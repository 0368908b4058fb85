// `TextEncoder` and `TextDecoder`, for UTF-8.

const encodeInto = (text, bytes) => {
  let at = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0);
    if (code < 0x80) bytes[at++] = code;
    else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    } else {
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 63);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    }
  }
  return at;
};

class TextEncoder {
  get encoding() { return 'utf-8'; }

  encode(text = '') {
    const whole = `${text}`.toWellFormed();
    const bytes = new Uint8Array(whole.length * 3);
    return bytes.slice(0, encodeInto(whole, bytes));
  }
}

// The length of the sequence that a byte starts, and the range of the byte after it (Unicode's table 3-7).
const LEADS = [
  [0xc2, 0xdf, 1, 0x80, 0xbf], [0xe0, 0xe0, 2, 0xa0, 0xbf], [0xe1, 0xec, 2, 0x80, 0xbf], [0xed, 0xed, 2, 0x80, 0x9f],
  [0xee, 0xef, 2, 0x80, 0xbf], [0xf0, 0xf0, 3, 0x90, 0xbf], [0xf1, 0xf3, 3, 0x80, 0xbf], [0xf4, 0xf4, 3, 0x80, 0x8f],
];

const decodeAll = (bytes, invalid) => {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++];
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const lead = LEADS.find((known) => first >= known[0] && first <= known[1]);
    let code = lead ? first & (0x3f >> lead[2]) : -1, low = lead?.[3], high = lead?.[4];
    for (let i = 0; lead && i < lead[2]; i++) {
      const next = bytes[at];
      if (next === undefined || next < low || next > high) {
        code = -1;
        break;
      }
      code = (code << 6) | (next & 63);
      [low, high] = [0x80, 0xbf];
      at++;
    }
    text += code < 0 ? invalid() : String.fromCodePoint(code);
  }
  return text;
};

class TextDecoder {
  #fatal;
  #keepMark;

  constructor(label = 'utf-8', options = {}) {
    if (!/^\s*(unicode-1-1-)?utf-?8\s*$/i.test(label)) throw new RangeError(`TextDecoder: only utf-8 is known, not '${label}'`);
    this.#fatal = options.fatal === true;
    this.#keepMark = options.ignoreBOM === true;
  }

  get encoding() { return 'utf-8'; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#keepMark; }

  decode(input = new Uint8Array(), options = {}) {
    if (options.stream) guest.refuse('TextDecoder: stream is not supported', 'join the parts first');
    const bytes = input instanceof ArrayBuffer ? new Uint8Array(input) : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    const text = decodeAll(bytes, () => {
      if (this.#fatal) throw new TypeError('TextDecoder: the bytes are not UTF-8');
      return '\ufffd';
    });
    return !this.#keepMark && text[0] === '\ufeff' ? text.slice(1) : text;
  }
}

return { TextDecoder, TextEncoder };
