// `btoa` and `atob`: text of one-byte characters as Base64, and back.
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function btoa(data) {
  const text = `${data}`;
  let result = '';
  for (let i = 0; i < text.length; i += 3) {
    const rest = text.length - i;
    const [a, b, c] = [text.charCodeAt(i), rest > 1 ? text.charCodeAt(i + 1) : 0, rest > 2 ? text.charCodeAt(i + 2) : 0];
    if ((a | b | c) > 255) guest.refuse('btoa: the text has characters beyond U+00FF', 'encode it with TextEncoder first');
    result += LETTERS[a >> 2] + LETTERS[((a & 3) << 4) | (b >> 4)];
    result += rest > 1 ? LETTERS[((b & 15) << 2) | (c >> 6)] : '=';
    result += rest > 2 ? LETTERS[c & 63] : '=';
  }
  return result;
}

function atob(data) {
  let text = `${data}`.replace(/[\t\n\f\r ]/g, '');
  if (text.length % 4 === 0) text = text.replace(/==?$/, '');
  if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) guest.refuse('atob: the text is not Base64');
  let result = '', bits = 0, count = 0;
  for (const letter of text) {
    bits = ((bits << 6) | LETTERS.indexOf(letter)) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      result += String.fromCharCode((bits >> count) & 255);
    }
  }
  return result;
}

return { atob, btoa };
