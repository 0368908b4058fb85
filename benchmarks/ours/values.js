// Sets (Args[0] is "set") or gets a text of Args[1] bytes Args[2] times, and returns how many bytes crossed.
const way = Args[0], length = Number(Args[1]), calls = Number(Args[2]);
let text = "a".repeat(length), crossed = 0;
await State.set("key", text);
for (let i = 0; i < calls; i++) {
  if (way === "set") await State.set("key", text);
  else text = await State.get("key");
  crossed += text.length;
}
return crossed;
