// What the report makes of figures that tools have computed. A group has a name, values, and where they are (`at`).

// With one decimal at most.
export const shown = (number) => String(Math.floor(number * 10 + 0.5) / 10);

// What is farther from the quartiles than one and a half times the distance between these.
export function outliers({ name, at, values }, { quantiles: [low, , high], median }) {
  const reach = 1.5 * (high - low);
  const found = values.map((value, number) => ({ name, at: at[number], value, usual: shown(median) }));
  return found
    .filter(({ value }) => value < low - reach || value > high + reach)
    .map((outlier) => ({ ...outlier, value: shown(outlier.value) }));
}

// A line of the chart for each group, with a gap where it has no value.
export function lines(groups, categories) {
  return groups.map(({ name, at, values }) => {
    const valueAt = new Map(at.map((place, number) => [place, values[number]]));
    return { name, values: categories.map((place) => valueAt.get(place) ?? null) };
  });
}

// A table in Markdown, with a row for each group.
export function table(groups) {
  const rows = groups.map(({ name, spread: { sum, mean, median, min, max } }) =>
    [name, ...[sum, mean, median, min, max].map(shown)].join(" | "));
  const head = "| | total | mean | median | smallest | largest |\n|---|---|---|---|---|---|";
  return [head, ...rows.map((row) => `| ${row} |`)].join("\n");
}
