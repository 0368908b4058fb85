// A spell that is right: what it says about types must hold, and nothing in it may be an error under `strict`.

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const sure = <Holds extends true>(): Holds => true as Holds;

const all = await Async.all([async () => 1, () => "text"]);
sure<Same<typeof all, [number, string]>>();
const ended = await Async.race([async () => 1, () => "text"]);
sure<Same<typeof ended, number | string>>();
const works = [1, 2].map((n) => async () => n);
const same = await Async.all(works);
sure<Same<typeof same, number[]>>();
const texts = await Async.map([1, 2], async (n, index) => `${n + index}`, { limit: 2 });
sure<Same<typeof texts, string[]>>();
const limited = await Async.timeout(1, () => 5);
sure<Same<typeof limited, number>>();
const task = Async.spawn(async (a: number, b: string) => b.repeat(a), 1, "x");
const [waited, lost] = await task.tryWait();
if (lost) console.log(lost.kind, lost.retryable);
else sure<Same<typeof waited, string>>();
task.cancel();

const typed = await Tool.define({
  name: "double",
  parameters: { n: "integer" },
  run: (args: { n: number }) => args.n * 2,
});
await Tool.define({ name: "sum", run: async ({ a, b }) => a + b });
const [result, problem] = await typed.tryRun({ n: 2 });
if (problem) throw problem;
console.log(result.output, result.calls.map((call) => call.duration), result.cost?.toFixed(2));

const agent: llmspell.Agent = await Agent.create({ tools: [typed, "calculator"], outputSchema: { type: "object" } });
const reply = await agent.run("x", { onEvent: (event) => console.log(event.type) });
await agent.run("y", { history: [...reply.messages, { role: "user", content: "z" }] });
for await (const event of await agent.stream("x")) {
  if (event.type === "text") console.log(event.text);
  else if (event.type === "tool_call") console.log(event.name, event.arguments.n);
  else if (event.type === "handoff") console.log(event.agent);
  else console.log(event.error?.message ?? event.output);
}
const desk = await Agent.create({
  agents: [agent],
  handoffs: ["billing", { agent, history: (messages) => messages.filter((message) => message.role === "user") }],
  toolChoice: "auto",
  compaction: { tokens: 1000, summary: true },
  run: (input, { history, answer }) => answer?.text ?? (history.length > 1 ? input : Agent.handoff(agent, { history: 5 })),
});
const chat: llmspell.Chat = await desk.chat();
console.log((await chat.send("hi")).text, (await (await chat.fork()).history()).length, await desk.asTool({ name: "d" }));
const stream = await Provider.stream({ messages: [{ role: "user", content: "x" }] });
for await (const { text } of stream) console.log(text);
console.log((await stream.result()).finishReason);

const hook = await Hook.on("pre_tool", async (call) => {
  if (call.name === "double") return { veto: "not today" };
}, { guard: true });
await hook.close();
for (const point of await Hook.points()) await Hook.on(point, () => undefined);
await Hook.on("post_llm", (call, answer) => ({ replace: { ...answer, text: call.request.messages.at(-1)?.content } }));

const events = await Event.subscribe("shop.*", undefined, { overflow: "wait" });
const first = await events.next();
if (first) sure<Same<typeof first.data, Record<string, any>>>();
const handler = (event: llmspell.Event): void => console.log(event.kind);
await Event.subscribe("**", handler);

const count: number = Args.length;
const word: string | undefined = Args[0];
console.log(Args.verbose ?? word ?? count, Spell.model, Json.null, Json.isNull(null), Json.array([1]));
await State.update("hits", (hits) => (hits ?? 0) + 1);

try {
  await Log.info("text", { at: new URL("?q=1", "https://example.org/").searchParams.get("q") });
} catch (thrown) {
  console.error((thrown as llmspell.SpellError).hint);
}
const timer: number = setTimeout((name: string) => console.log(name), 5, "x");
clearTimeout(timer);
const controller = new AbortController();
controller.signal.addEventListener("abort", ({ target }) => console.log(target.reason), { once: true });
console.log(new TextDecoder().decode(new TextEncoder().encode("x")), atob(btoa("x")), crypto.randomUUID());
export default structuredClone({ texts });
