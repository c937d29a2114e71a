import { afterEach, expect, it } from "vitest";
import { totalOf } from "../../checks/change-parts.ts";
import type { Finding } from "../../core/finding.ts";
import { auditDaily, makeWorld, type SimWorld } from "./world.ts";

let world: SimWorld;
afterEach(async () => world.close());

const PEOPLE = 200;
const email = (i: number): string => `person${i}@example.test`;

async function sizeFinding(system: string): Promise<Finding> {
  const incidents = await world.app.audits.openIncidents();
  const found = incidents.find(
    (i) =>
      i.finding.check === "size_anomaly" && i.finding.audience === "active" && i.finding.system === system,
  );
  if (found === undefined) throw new Error(`no size finding in ${system}`);
  return found.finding;
}
const left = (f: Finding) =>
  Object.fromEntries(Object.entries(f.attribution?.parts ?? {}).map(([part, flow]) => [part, flow.left]));

it("a job that empties a field and a filter on it: the field is named, and the size is attributed to data", async () => {
  world = await makeWorld({ people: PEOPLE });
  await auditDaily(world, 6);
  await world.warehouse.query("update person set name = null, active = false where email < 'person4'");
  await auditDaily(world, 1);
  const finding = await sizeFinding("warehouse");
  const a = finding.attribution;
  if (a === undefined) throw new Error("nothing was attributed");
  expect(left(finding)).toEqual({
    rule: 0,
    data: a.before - a.now,
    identity: 0,
    snapshot: 0,
    unexplained: 0,
  });
  expect(a.left).toMatchObject({ attribute: "name", state: "empty", others: 0 });
  expect(finding.cause.certainty).toBe("likely");
  expect(finding.cause.text).toMatch(/^100 % of those who left have “Name” empty since Sun 0\d:00 CET$/);

  // The copy has not followed; the day after, nothing moves, and the reason is still told.
  await auditDaily(world, 1);
  expect((await sizeFinding("warehouse")).attribution).toEqual(a);

  // Once it is back where it was, the reason is of no use any more.
  await world.warehouse.query("update person set name = 'Back', active = true");
  await auditDaily(world, 1);
  const { rows } = await world.database.db.query<{ value: string }>(
    "select value from meta where key = 'attribution:active@warehouse'",
  );
  expect(JSON.parse(rows[0]?.value ?? "null")?.from).not.toBe(a.from);
});

it("people deleted from a system are told as such; the rest of those who left stay unexplained", async () => {
  world = await makeWorld({ people: PEOPLE });
  await auditDaily(world, 6);
  const numbers = Array.from({ length: 120 }, (_, i) => i + 1);
  world.ghost.control.unload(numbers.slice(0, 100).map(email));
  world.ghost.control.load(
    numbers.slice(100).map((i) => ({ email: email(i), name: `Person ${i}`, labels: [] })),
  );
  await auditDaily(world, 1);
  const finding = await sizeFinding("ghost");
  expect(left(finding)).toEqual({ rule: 0, data: 100, identity: 0, snapshot: 0, unexplained: 20 });
  expect(finding.attribution).toMatchObject({
    lookedUp: true,
    data: { owner: { left: 0 }, records: { left: 100 } },
  });
  expect(finding.cause).toEqual({
    certainty: "confirmed",
    text: "100 of 120 (83 %) of those who left have no record in Ghost any more",
  });
  expect(finding.maths["Moved, not explained"]).toBe("0 came, 20 left");
  if (finding.attribution !== undefined) expect(totalOf(finding.attribution, "left")).toBe(120);
});
