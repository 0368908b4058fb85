// The names that a spell finds at run time: {what: [own names]}.

const own = (object) => Object.getOwnPropertyNames(object).filter((name) => name !== "constructor").sort();
const method = (object) => own(Object.getPrototypeOf(object));
const statics = (constructor) => own(constructor).filter((name) => !["length", "name", "prototype"].includes(name));

const agent = await Agent.create({ run: () => "text" });
const handles = {
  Agent: agent,
  Hook: await Hook.on("pre_tool", () => {}),
  Stream: await agent.stream("x"),
  Subscription: await Event.subscribe("a"),
  Task: Async.spawn(() => 1),
  Tool: await Tool.get("calculator"),
};
const globals = { Agent, Async, Event, Hook, Json, Log, Provider, Spell, State, Tool, console, crypto };
const classes = { AbortController, AbortSignal, TextDecoder, TextEncoder, URL, URLSearchParams };

const found = {};
for (const [name, handle] of Object.entries(handles)) found[`llmspell.${name}`] = method(handle);
for (const [name, object] of Object.entries(globals)) found[`typeof ${name}`] = own(object);
for (const [name, made] of Object.entries(classes)) {
  found[name] = own(made.prototype);
  found[`typeof ${name}`] = [...statics(made), "prototype"];
}
found.AbortSignal.push(...own(new AbortController().signal));
found.SpellError = own((await Tool.tryRun("no such tool"))[1]);
found.globals = own(globalThis);
export default found;
