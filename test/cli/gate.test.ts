import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliWorld, makeCliWorld } from "./cli-world.ts";

let world: CliWorld;
const DAY = 86_400_000;
const inDays = (n: number) => new Date(Date.now() + n * DAY).toISOString();

beforeAll(async () => {
  world = await makeCliWorld(40);
  await world.configure(
    (yaml) =>
      `${yaml}calendar:\n  - { name: Winter letter, system: ghost, audience: active, at: "${inDays(1)}" }\n  - { name: Winter letter, system: ghost, audience: active, at: "${inDays(8)}" }\n`,
  );
  await world.run(["audit", "--scheduled"]);
});
afterAll(() => world.close());

test("Go is 0", async () => {
  const { code, out } = await world.run(["gate", "Winter letter"]);
  expect(out).toContain("✓ Go: 40 people would get it, and nobody among them must be left alone.\n");
  expect(out).toContain("“Winter letter” from Ghost");
  expect(code).toBe(0);
});

test("No-go is 4, and says the same to programs", async () => {
  await world.warehouse.query(
    "update person set consent = 'unsubscribed' where email = 'person7@example.test'",
  );
  await world.run(["audit", "--scheduled"]);
  const { code, out } = await world.run(["gate", "winter letter"]);
  expect(out).toContain("◆ No-go: 1 person who must not get it would.\n");
  expect(out).toContain("◆ 1 person on “Do not contact” would get it.\n");
  expect(out).not.toContain("person7");
  expect(code).toBe(4);
  const asJson = await world.json(["gate", "Winter letter"]);
  expect(asJson.code).toBe(4);
  expect(asJson.value).toMatchObject({ verdict: "no_go", mustNot: 1, recipients: 40, atLeast: false });
});

test("Can’t tell is 7", async () => {
  await world.warehouse.query("update person set consent = 'subscribed'");
  await world.run(["audit", "--scheduled"]);
  world.ghost.control.fault({ kind: "server_error", times: null });
  await world.run(["audit", "--scheduled"]);
  const { code, out } = await world.run(["gate", "Winter letter"]);
  expect(out).toMatch(/^○ Can’t tell: “Active customers” was not read completely in Ghost/);
  expect(code).toBe(7);
  world.ghost.control.clearFaults();
});

test("a send that nobody plans is an error that names those that are", async () => {
  const { code, out, err } = await world.run(["gate", "Spring letter"]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("use one of “Winter letter”");
});
