import { afterEach, expect, it } from "vitest";
import { audienceId, systemId } from "../../core/model.ts";
import { getStreamStates } from "../../store/get-stream-states.ts";
import { auditDaily, makeWorld, type SimWorld } from "./world.ts";

let world: SimWorld;
afterEach(async () => world.close());

const active = audienceId("active");
const warehouse = systemId("warehouse");
const latest = async () => (await world.app.audits.snapshots(active, warehouse, 1)).at(-1);
const streams = async () =>
  (await getStreamStates(world.app.db, active, warehouse)).map((s) => s.stream).sort();
const raised = async () =>
  (await world.app.audits.openIncidents()).filter(
    (i) => i.finding.check === "attribute_shift" && i.state !== "resolved",
  );

/** The attribute "name" is a plan here: a rule that lists its values. */
const listed = (text: string) =>
  text.replace("    title: Name\n", "    title: Plan\n    values: [Free, Pro]\n");
const setPlans = () =>
  world.warehouse.query(
    "update person set name = case when email in (select email from person order by email limit 120) then 'Pro' else 'Free' end",
  );

it("counted, learned, told when people move, and quiet once they are back", {
  timeout: 120_000,
}, async () => {
  world = await makeWorld({ people: 400, yaml: listed });
  await setPlans();
  await auditDaily(world, 8);
  expect((await latest())?.distributions).toEqual({ name: { Free: 280, Pro: 120 } });
  expect(await raised()).toEqual([]);
  expect(await streams()).toEqual(["attribute:name", "size"]);

  await world.warehouse.query(
    "update person set name = 'Pro' where email in (select email from person where name = 'Free' limit 90)",
  );
  await auditDaily(world, 1);
  const [incident, second] = await raised();
  expect(second).toBeUndefined();
  expect(incident?.finding).toMatchObject({
    system: "warehouse",
    subject: "name",
    people: 90,
    observed: 210,
  });
  expect(incident?.finding.title).toMatch(
    /^Plan in Warehouse: 210 people are now “Pro”, normal is \d+ to 1\d\d$/,
  );

  await setPlans();
  await auditDaily(world, 1);
  expect(await raised()).toEqual([]);
});

it("without listed values a name is not counted anywhere", { timeout: 60_000 }, async () => {
  world = await makeWorld({ people: 50 });
  await auditDaily(world, 1);
  expect((await latest())?.distributions).toEqual({});
  expect(await streams()).toEqual(["size"]);
});
