// Calls the host Args[0] times, Args[1] calls at once, and returns how many calls were answered.
const calls = Number(Args[0]), atOnce = Number(Args[1]);
await State.set("key", 1);
let answered = 0;
if (atOnce === 1) {
  for (let i = 0; i < calls; i++) answered += await State.get("key");
} else {
  for (let i = 0; i < calls; i += atOnce) {
    const answers = await Promise.all(Array.from({ length: atOnce }, () => State.get("key")));
    answered += answers.length;
  }
}
return answered;
