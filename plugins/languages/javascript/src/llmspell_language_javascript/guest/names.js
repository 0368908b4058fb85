// Names: from the API's snake_case to JavaScript's camelCase, and what someone may have meant.

// `max_tokens` as scripts write it: `maxTokens`.
const toCamel = (name) => {
  let text = '';
  for (let i = 0; i < name.length; i++) text += name[i] === '_' && i ? upper(name[++i] ?? '') : name[i];
  return text;
};

// How many letters must be added, dropped or changed to make `a` into `b`.
const distance = (a, b) => {
  const row = record();
  for (let j = 0; j <= b.length; j++) row[j] = j;
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const changed = min(row[j] + 1, row[j - 1] + 1, diagonal + cost);
      diagonal = row[j];
      row[j] = changed;
    }
  }
  return row[b.length];
};

// "did you mean 'run'?" for the nearest of `known`; "" when none is near.
const didYouMean = (name, known) => {
  if (name.length > 40) return '';
  let best = 3, nearest = '';
  for (let i = 0; i < known.length; i++) {
    const found = distance(name, known[i]);
    if (found < best && found < known[i].length) {
      best = found;
      nearest = known[i];
    }
  }
  return nearest && `did you mean '${nearest}'?`;
};
