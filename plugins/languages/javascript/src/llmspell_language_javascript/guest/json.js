// The guest's part of the global `Json`: JavaScript has null and lists, so these only keep spells alike.

const ownJson = record({
  null: null,
  array(items = []) {
    checkList('Json.array', items);
    return items;
  },
  isNull: (value) => value === null,
});
