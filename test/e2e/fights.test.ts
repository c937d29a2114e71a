import { afterEach, describe, expect, it } from "vitest";
import { audienceId, instant, systemId } from "../../core/model.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { ANA, applyAs, auditDaily, BEN, makeWorld, type SimWorld } from "./world.ts";

let world: SimWorld;
afterEach(async () => world.close());

const ACTIVE = audienceId("active");
const GHOST = systemId("ghost");
const WRITERS = `
writers:
  - { name: Partner sync, from: warehouse, to: ghost, audiences: [active] }
`;
const EXTRA = ["extra1@example.test", "extra2@example.test"] as const;
/** The other writer: whoever it knows has the label again. */
const putBack = (...emails: readonly string[]) => {
  world.ghost.control.unload([...emails]);
  world.ghost.control.load(emails.map((email) => ({ email, name: "Extra", labels: ["Active"] })));
};
const labelled = (email: string) =>
  world.ghost.control
    .members()
    .find((m) => m.email === email)
    ?.labels.some((l) => l.name === "Active");
const draft = () =>
  world.services.repair.draft({ author: ANA, audience: ACTIVE, incident: null, system: GHOST });
const open = async () => (await world.app.audits.openIncidents()).filter((i) => i.state !== "resolved");
const duel = async () =>
  (await open()).find((i) => i.finding.check === "flip_flop" && i.finding.subject === "repairs");

async function start(): Promise<void> {
  world = await makeWorld({ people: 300, yaml: (text) => text + WRITERS });
  await auditDaily(world, 2);
  const [comparison] = await world.app.audits.comparisons(ACTIVE, 1);
  if (comparison === undefined) throw new Error("nothing was compared yet");
  await putAudienceBase(world.app.db, {
    audience: ACTIVE,
    acceptedAt: instant(world.clock.now()),
    acceptedBy: "test",
    runId: comparison.runId,
  });
}

describe("another writer puts people back after each repair", () => {
  it("after three repairs the fourth plan leaves them out, an incident names the duel, and it ends", async () => {
    await start();
    for (let n = 0; n < 3; n += 1) {
      putBack(...(n === 0 ? EXTRA : [EXTRA[0]]));
      await auditDaily(world, 2);
      expect(await duel()).toBeUndefined();
      const plan = await draft();
      expect(plan.doc.changes).toHaveLength(n === 0 ? 2 : 1);
      await applyAs(world, plan.id, BEN);
      expect(labelled(EXTRA[0])).toBe(false);
    }
    putBack(...EXTRA);
    await auditDaily(world, 2);

    const incident = await duel();
    expect(incident?.finding).toMatchObject({
      audience: "active",
      system: "ghost",
      people: 1,
      severity: "look",
      title: "Somebody else undoes the repair of Active customers in Ghost",
      cause: { certainty: "likely", text: "“Partner sync” writes this list too and puts these people back" },
    });
    const fourth = await draft();
    expect(fourth.doc.leftOut.map((l) => l.reason)).toEqual([
      "repaired 3 times in 7 days: somebody else puts it back",
    ]);
    // the other one was repaired once only
    expect(fourth.doc.changes.map((c) => c.op)).toEqual(["remove"]);
    await applyAs(world, fourth.id, BEN);
    expect(EXTRA.map(labelled)).toEqual([true, false]);

    // the other writer stops: the next complete read closes it
    world.ghost.control.unload([EXTRA[0]]);
    await auditDaily(world, 1);
    expect(await duel()).toBeUndefined();
    // and a week after the third repair whoever comes back is repaired again
    putBack(EXTRA[0]);
    await auditDaily(world, 1);
    expect((await duel())?.state).toBe("regressed");
    await auditDaily(world, 5);
    expect(await duel()).toBeUndefined();
    expect((await draft()).doc.changes.map((c) => c.op)).toEqual(["remove"]);
  }, 240_000);
});

describe("a system that acknowledges and does nothing", () => {
  it("is an incident with the count, until a plan has none", async () => {
    await start();
    const acks = async () => (await open()).find((i) => i.finding.subject === "ghost acks");
    putBack(...EXTRA);
    await auditDaily(world, 2);
    const plan = await draft();
    world.ghost.control.fault({ kind: "ghost_ack", times: null });
    await applyAs(world, plan.id, BEN);
    world.ghost.control.clearFaults();
    expect((await world.app.plans.counts(plan.id)).failed).toBe(2);
    expect(await acks()).toBeUndefined();
    await auditDaily(world, 1);
    expect((await acks())?.finding).toMatchObject({
      check: "sync_failure",
      audience: "active",
      system: "ghost",
      title: "Ghost acknowledged 2 changes, but nothing changed",
      people: 2,
      maths: { "Changes sent": 2, Plan: `PL-${plan.id}` },
    });
    await auditDaily(world, 1);
    expect(await acks()).toBeDefined();
    const again = await draft();
    await applyAs(world, again.id, BEN);
    await auditDaily(world, 1);
    expect(await acks()).toBeUndefined();
  }, 180_000);
});
