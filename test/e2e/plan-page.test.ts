import { parse } from "csv-parse/sync";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PlanDetail } from "../../app/api/contract.ts";
import { audienceId, instant, systemId } from "../../core/model.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { verifyHash } from "../../sync/hash.ts";
import { ANA, applyAs, auditDaily, BEN, makeWorld, type SimWorld } from "./world.ts";

vi.setConfig({ testTimeout: 180_000 });

let world: SimWorld;
afterEach(async () => world.close());

const ACTIVE = audienceId("active");
const GHOST = systemId("ghost");
const HOSTILE = "=cmd|' /C calc'!A0 \u202e<script>";
const ask = { author: ANA, audience: ACTIVE, incident: null, system: GHOST } as const;

async function start(): Promise<void> {
  world = await makeWorld({
    people: 300,
    yaml: (text) => text.replace("owners: [warehouse]\n", "owners: [warehouse]\n    merge: owner_wins\n"),
  });
  await auditDaily(world, 2);
  const [comparison] = await world.app.audits.comparisons(ACTIVE, 1);
  if (comparison === undefined) throw new Error("nothing was compared yet");
  await putAudienceBase(world.app.db, {
    audience: ACTIVE,
    acceptedAt: instant(world.clock.now()),
    acceptedBy: "test",
    runId: comparison.runId,
  });
  world.ghost.control.unload(["person7@example.test", "person8@example.test"]);
  world.ghost.control.load([
    { email: "person8@example.test", name: HOSTILE, labels: ["Active"] },
    { email: "+extra@example.test", name: "Extra", labels: ["Active"] },
  ]);
  await auditDaily(world, 2);
  // seen once only
  world.ghost.control.load([{ email: "new@example.test", name: "New", labels: ["Active"] }]);
  await auditDaily(world, 1);
}
const draft = () => world.services.repair.draft(ask);
const detail = (id: number) => world.services.repair.detail(id, ANA);
const csvOf = async (id: number): Promise<Record<string, string>[]> =>
  parse(await world.services.repair.exportCsv(id, ANA), { columns: true });
const reasons = (d: PlanDetail) =>
  d.groups.flatMap((g) => g.verbs.map((v) => `${v.op} ${v.count}: ${v.rule}`));

describe("a plan as people see it", () => {
  it("says why, what an add sets off, who is left out; the CSV tells everything, and gives back every value", async () => {
    await start();
    const plan = await draft();
    expect(plan.doc.forecast?.[GHOST]?.map((l) => `${l.what} ${l.verdict}`)).toEqual([
      "mails none",
      "contacts cant_tell",
      "hooks cant_tell",
    ]);
    const kept = await world.app.plans.get(plan.id);
    expect(kept !== null && verifyHash(kept)).toBe(true);
    const seen = await detail(plan.id);
    expect(reasons(seen)).toEqual([
      "remove 1: neither in Warehouse nor in Ghost on 4 Nov 2026, then added in Ghost only",
      "add 1: in Warehouse and Ghost until 4 Nov 2026, then gone from Ghost",
      "set 1: changed here only; Warehouse owns this field",
    ]);
    expect(seen.groups[0]?.leftOut).toEqual([
      { reason: "seen once only; waits for the next read", count: 1, sample: ["n•••@example.test"] },
    ]);
    expect(seen.groups[0]?.forecast).toEqual(plan.doc.forecast?.[GHOST]);
    expect(JSON.stringify(seen)).not.toContain("extra@");

    const rows = await csvOf(plan.id);
    const unquoted = rows.map((r) =>
      Object.fromEntries(Object.entries(r).map(([k, v]) => [k, v.replace(/^'/, "")])),
    );
    for (const cell of rows.flatMap((r) => Object.values(r))) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(unquoted.map((r) => [r.op, r.email, r.reversible, r.before_in_segment, r.because])).toEqual([
      ["remove", "+extra@example.test", "yes", "yes", ""],
      ["add", "person7@example.test", "yes", "no", ""],
      ["set", "person8@example.test", "yes", "yes", ""],
      ["left_out", "new@example.test", "", "", "seen once only; waits for the next read"],
    ]);
    expect(unquoted[2]).toMatchObject({ from: HOSTILE, to: "Person 8", attribute: "name" });
    expect(unquoted[0]?.before_version).toMatch(/^2026-/);
    const logged = await world.app.db.query("select 1 from audit_log where action = 'plan.exported'");
    expect(logged.count).toBe(1);

    await applyAs(world, plan.id, BEN);
    expect((await csvOf(plan.id)).map((r) => r.end)).toEqual(["applied", "applied", "applied", ""]);
  });

  it("that went out of date is drafted again and says what differs; what was asked for stays", async () => {
    await start();
    const plan = await world.services.repair.draft({ ...ask, only: ["remove", "add"] });
    expect(plan.doc.asked).toEqual({ system: GHOST, only: ["remove", "add"] });
    // meanwhile one is repaired by hand, and one who was seen once is settled now
    world.ghost.control.unload(["+extra@example.test"]);
    world.clock.add(2 * 3_600_000);
    expect((await detail(plan.id)).plan.state).toBe("expired");
    await auditDaily(world, 1);
    const again = await world.services.repair.redraft(plan.id, ANA);
    expect((await detail(again.id)).replaces).toEqual({
      planId: plan.id,
      same: 1,
      added: 1,
      gone: 1,
      other: 0,
    });
    expect(again.doc.changes.map((c) => c.op)).toEqual(["remove", "add"]);
  });

  it("is undone once, in words for each kind, and an undo is not undone", async () => {
    await start();
    const plan = await draft();
    expect((await detail(plan.id)).undo.refused).toBe("it has not ended yet");
    await applyAs(world, plan.id, BEN);
    const done = await detail(plan.id);
    expect(done.undo).toMatchObject({ daysLeft: 30, refused: null });
    expect(done.undo.words).toEqual([
      "1 person was removed and would be put back: they may get automations again.",
      "1 person was added and would be taken off again: messages that were already sent cannot be unsent.",
      "1 field would be set back to what was there, unless changed since.",
    ]);
    const undo = await world.services.repair.undo(plan.id, ANA);
    const page = await detail(undo.id);
    expect(page.undo.words).toEqual(done.undo.words);
    await expect(world.services.repair.undo(plan.id, ANA)).rejects.toThrow(/undoes it already/);
    expect((await detail(plan.id)).can.undo).toBe(false);

    // an undo that went out of date is drafted again as an undo
    world.clock.add(2 * 3_600_000);
    expect((await detail(undo.id)).plan.state).toBe("expired");
    await auditDaily(world, 1);
    const second = await world.services.repair.redraft(undo.id, ANA);
    expect(second.doc).toMatchObject({ undoes: plan.id });
    await applyAs(world, second.id, BEN);
    expect(
      world.ghost.control.members().find((m) => m.email === "+extra@example.test")?.labels,
    ).toMatchObject([{ name: "Active" }]);
    await expect(world.services.repair.undo(second.id, ANA)).rejects.toThrow(/an undo itself/);
    expect((await detail(second.id)).undo.refused).toMatch(/an undo itself/);
    world.clock.add(31 * 86_400_000);
    expect((await detail(plan.id)).undo.daysLeft).toBeNull();
  });
});
