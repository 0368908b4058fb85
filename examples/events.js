// Events: what one part of a spell tells another, and what llmspell tells of all that happens.
//   llmspell run examples/events.js

const sales = await Event.subscribe("shop.*");

Async.spawn(async () => {
  for (const sale of [{ item: "bread", price: 3 }, { item: "cake", price: 18 }]) {
    await Event.publish("shop.sale", sale);
    await Async.sleep(0.01);
  }
  await Event.publish("shop.closed");
});

let total = 0;
for await (const event of sales) {
  if (event.kind === "shop.closed") break;
  console.log(`${event.data.item}: ${event.data.price}`);
  total += event.data.price;
}

// A hook sees each tool call before it happens. It may publish too.
await Hook.on("pre_tool", async (call) => {
  await Event.publish("audit.call", { tool: call.name, expression: call.arguments.expression });
});

// The events of the calls themselves are llmspell's own.
const calls = await Event.subscribe("tool.*");
const { output } = await Tool.run("calculator", { expression: `${total} * 2` });
console.log(`total: ${output}`);
await Tool.tryRun("calculator", { expression: "1 / 0" });
await calls.close();
for await (const event of calls) console.log(event.kind, event.data.name);

// The log keeps everything, also what nobody listened to.
for (const { data } of await Event.history("audit.*")) console.log(`${data.tool} was asked for ${data.expression}`);
return total;
