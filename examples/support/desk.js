// A support desk that hands a customer over to whoever can help, and knows one who returns: run it twice.
//   llmspell run --ask-tool=refund examples/support/desk.js
//   llmspell run --ask-tool=refund examples/support/desk.js -- --says="Why does my kettle not switch off?"
// With --ask-tool=refund a person is asked before money goes back; without, nobody is. Where there is no terminal,
// add --wait-approvals or --pause-approvals, and answer with `llmspell approvals`.
// llmspell: allow-fs-read=examples/support reason="customers, orders and the manual"

const folder = Spell.path.replace(/[^/]*$/, "");
async function rows(file, column, value) {
  const where = [{ field: column, operator: "=", value }];
  return (await Tool.run("csv_query", { path: folder + file, where })).output.rows;
}

const id = String(Args.customer ?? "C-17");
const [customer] = await rows("customers.csv", "id", id);
if (!customer) throw { kind: "not_found", message: `no customer ${id}` };
async function orderOf(number) {
  const order = (await rows("orders.csv", "order", number)).find(({ customer }) => customer === id);
  if (!order) throw { kind: "not_found", message: `${customer.name} has no order ${number}` };
  return order;
}

await Tool.define({
  name: "take_back",
  description: "Takes back an order that was delivered, and hands over to billing for the money.",
  parameters: { order: "string" },
  run: async (args) => {
    const { order, item, status } = await orderOf(args.order);
    if (status !== "delivered") return `${order} is ${status}: it cannot go back yet`;
    return Agent.handoff("billing", {
      input: `Please refund order "${order}", the customer has sent back the ${item}.`,
      state: { taken_back: order },
      reason: "sent back",
    });
  },
});

// The state says what was taken back, not the model; and no order is paid back twice, in whatever run.
await Tool.define({
  name: "refund",
  description: "Pays back an order that was taken back.",
  parameters: { order: "string" },
  run: async (args) => {
    const { order, price } = await orderOf(args.order);
    if (await State.get("taken_back") !== order) throw new Error(`${order} was not taken back`);
    const app = await State.scope("app");
    await app.update(`refunds.${order}`, (paid) => {
      if (paid) throw { kind: "conflict", message: `${order} was paid back before` };
      return { customer: id, amount: price };
    });
    return `${order}: ${price} paid back`;
  },
});

await Tool.define({
  name: "manual",
  description: "What the manual says.",
  parameters: { question: "string" },
  run: async () => (await Tool.run("file_read", { path: `${folder}manual.md` })).output,
});

const about = `You help ${customer.name}, a customer of a shop for kitchen machines. Be brief. `;
await Agent.create({ name: "billing", description: "Invoices, payments and refunds.",
  system: `${about}Refund what you are asked to refund. Hand over what is not about money.`,
  tools: ["refund"], handoffs: ["returns", "technical"] });
await Agent.create({ name: "returns", description: "Takes back orders that a customer wants to return or to exchange.",
  system: `${about}Take back with take_back what the customer wants to return.`,
  tools: ["take_back"], handoffs: ["billing", "technical"] });
await Agent.create({ name: "technical", description: "Why a kettle does not heat, switch on or switch off.",
  system: `${about}Answer from the manual.`,
  tools: ["manual"], toolChoice: "manual", returnPolicy: "return" });
const desk = await Agent.create({ name: "desk",
  system: `${about}Hand over to whoever can help; tell the customer what technical has answered.`,
  handoffs: ["billing", "returns", { agent: "technical", history: "none" }] });

const session = await Session.resume(`support-${id}`, { title: `Support for ${customer.name}` });
const visits = await (await State.scope("session")).update("visits", (count) => (count ?? 0) + 1);
const last = (await session.turns()).at(-1);
console.log(`Welcome${last ? " back" : ""}, ${customer.name}.`);
if (last) console.log(`Last time you said: ${last.input}`);

const says = String(Args.says ?? 'I want to return order "A-1001", because its lid is broken.');
const reply = await session.run(desk, says);
const handoffs = (await Event.history("handoff.started")).map(({ data }) => data.name);
console.log(`You: ${says}`);
console.log(`Handed over to: ${handoffs.join(", ") || "nobody"}`);
console.log(`${reply.agent}: ${reply.text}`);
return { agent: reply.agent, stop_reason: reply.stopReason, visits, handoffs };
