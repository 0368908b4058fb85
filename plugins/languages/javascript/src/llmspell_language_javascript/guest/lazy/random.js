// `crypto.randomUUID`: the stream of ChaCha20 (RFC 8439) under a key of the host's random bytes.

const words = new Uint32Array(16);
[0x61707865, 0x3320646e, 0x79622d32, 0x6b206574].forEach((word, i) => { words[i] = word; });
for (let i = 0; i < 8; i++) words[4 + i] = parseInt(guest.entropy().slice(8 * i, 8 * i + 8), 16);

const rotated = (word, bits) => (word << bits) | (word >>> (32 - bits));

const quarter = (s, a, b, c, d) => {
  s[a] += s[b]; s[d] = rotated(s[d] ^ s[a], 16);
  s[c] += s[d]; s[b] = rotated(s[b] ^ s[c], 12);
  s[a] += s[b]; s[d] = rotated(s[d] ^ s[a], 8);
  s[c] += s[d]; s[b] = rotated(s[b] ^ s[c], 7);
};

// The next 64 bytes.
const block = () => {
  const state = words.slice();
  for (let round = 0; round < 10; round++) {
    quarter(state, 0, 4, 8, 12); quarter(state, 1, 5, 9, 13); quarter(state, 2, 6, 10, 14); quarter(state, 3, 7, 11, 15);
    quarter(state, 0, 5, 10, 15); quarter(state, 1, 6, 11, 12); quarter(state, 2, 7, 8, 13); quarter(state, 3, 4, 9, 14);
  }
  for (let i = 0; i < 16; i++) state[i] += words[i];
  words[12]++;
  return new Uint8Array(state.buffer);
};

const hex = (bytes, start, end) => {
  let text = '';
  for (let i = start; i < end; i++) text += bytes[i].toString(16).padStart(2, '0');
  return text;
};

const randomUUID = () => {
  const bytes = block();
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [hex(bytes, 0, 4), hex(bytes, 4, 6), hex(bytes, 6, 8), hex(bytes, 8, 10), hex(bytes, 10, 16)].join('-');
};

return { crypto: Object.freeze({ randomUUID }) };
