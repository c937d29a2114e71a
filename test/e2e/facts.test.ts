import { afterEach, describe, expect, it } from "vitest";
import { AuditorError } from "../../core/errors.ts";
import type { SystemFacts } from "../../core/facts.ts";
import { audienceId, type Instant, instant, type ReadTarget, systemId } from "../../core/model.ts";
import { listCampaigns } from "../../store/list-campaigns.ts";
import { listDefinitions } from "../../store/list-definitions.ts";
import { listSystemFacts } from "../../store/list-system-facts.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { recordSyncRun } from "../../store/record-sync-run.ts";
import { ANA, auditDaily, makeWorld, type SimWorld } from "./world.ts";

const NO_FACTS: SystemFacts = {
  campaigns: null,
  definitions: null,
  automations: null,
  deliverability: null,
  changes: null,
  notes: [],
};

let world: SimWorld;
afterEach(async () => world.close());

type Tell = (targets: readonly ReadTarget[]) => Promise<SystemFacts>;
/** The real pipeline; only what Ghost knows beyond its members is told by the test. */
const withFacts = (tell: { now: Tell }, yaml?: (text: string) => string) =>
  makeWorld({
    people: 200,
    ...(yaml === undefined ? {} : { yaml }),
    adapt: (app) => ({
      ...app,
      collector: async (system) => {
        const collector = await app.collector(system);
        if (system.id !== "ghost") return collector;
        return { ...collector, facts: (targets) => tell.now(targets) };
      },
      // Ghost's own writer knows that it has no automations; here it cannot tell, as others cannot
      writer: async (system) => {
        const writer = await app.writer(system);
        return writer === null ? null : { ...writer, automations: async () => null };
      },
    }),
  });
const indexOf = (targets: readonly ReadTarget[], audience: string): number =>
  targets.findIndex((t) => t.kind === "segment" && t.audience === audience);
const hoursOn = (hours: number): Instant =>
  instant(new Date(world.clock.now().getTime() + hours * 3_600_000));
const acceptBase = async (audience: string) => {
  const [comparison] = await world.app.audits.comparisons(audienceId(audience), 1);
  if (comparison === undefined) throw new Error("nothing was compared yet");
  await putAudienceBase(world.app.db, {
    audience: audienceId(audience),
    acceptedAt: instant(world.clock.now()),
    acceptedBy: "test",
    runId: comparison.runId,
  });
};
/** They stay members, without the label. */
const unlabel = (from: number, to: number) =>
  world.ghost.control.load(
    Array.from({ length: to - from + 1 }, (_, i) => ({
      email: `person${from + i}@example.test`,
      name: `Person ${from + i}`,
      labels: [],
    })),
  );
const unload = (from: number, to: number) =>
  world.ghost.control.unload(
    Array.from({ length: to - from + 1 }, (_, i) => `person${from + i}@example.test`),
  );

describe("what a system tells beyond its members", () => {
  it("a rule that was changed between two reads is the confirmed cause of a drop", async () => {
    let definition = "all of\n  status = active\n  spent > 10";
    let changedAt: Instant | null = null;
    const tell = {
      now: async (targets: readonly ReadTarget[]) => ({
        ...NO_FACTS,
        definitions: [{ target: indexOf(targets, "active"), name: "Active", definition, changedAt }],
      }),
    };
    world = await withFacts(tell);
    await auditDaily(world, 8);
    definition = "all of\n  status = active\n  spent > 10\n  region = EU";
    changedAt = hoursOn(20);
    unlabel(1, 150);
    await auditDaily(world, 1);
    const open = (await world.app.audits.openIncidents()).filter((i) => i.state !== "resolved");
    const drop = open.find((i) => i.finding.check === "size_anomaly" && i.finding.system === "ghost");
    expect(drop?.finding.cause).toEqual({
      certainty: "confirmed",
      text: "the rule of “Active” in Ghost was changed (+region = EU) at 03:00 CET; 150 of 150 (100 %) of those who left did not change otherwise",
    });
    const versions = await listDefinitions(world.app.db, { audience: audienceId("active"), limit: 9 });
    expect(versions.map((v) => v.version)).toEqual([1, 2]);
  });

  it("a job that failed is the confirmed cause, when its tool told us", async () => {
    const writers = `writers:
  - { name: hourly sync, from: warehouse, to: ghost, audiences: [active], schedule: "0 * * * *" }
people:`;
    world = await withFacts({ now: async () => NO_FACTS }, (text) => text.replace("people:", writers));
    await auditDaily(world, 8);
    unload(1, 150);
    const endedAt = hoursOn(23.5);
    await recordSyncRun(world.database.db, {
      job: "hourly sync",
      id: "77",
      state: "failed",
      startedAt: hoursOn(23.4),
      endedAt,
      rowsRead: 200,
      rowsWritten: 3,
      rowsFailed: 197,
      receivedAt: endedAt,
    });
    await auditDaily(world, 1);
    const open = (await world.app.audits.openIncidents()).filter((i) => i.state !== "resolved");
    const drop = open.find((i) => i.finding.check === "size_anomaly" && i.finding.system === "ghost");
    expect(drop?.finding.cause).toEqual({
      certainty: "confirmed",
      text: "the job “hourly sync” failed at 06:30 CET; 150 of 150 (100 %) of those who left have no record in Ghost any more",
    });
  });

  it("facts that fail become a note, their parts unknown, and the reads stay whole", async () => {
    const tell: { now: Tell } = {
      now: async (targets) => ({
        ...NO_FACTS,
        automations: [],
        campaigns: [
          {
            id: "1",
            name: "Letter",
            state: "scheduled",
            at: hoursOn(48),
            includes: [{ name: "Active", target: indexOf(targets, "active") }],
            excludes: [],
          },
        ],
      }),
    };
    world = await withFacts(tell);
    await auditDaily(world, 1);
    const known = async () => (await listSystemFacts(world.app.db)).find((f) => f.system === "ghost");
    expect((await known())?.automations).toEqual([]);
    for (const error of [
      new AuditorError("auth", "ghost", "the key lacks the scope campaigns:read", "grant it"),
      new TypeError("undefined is not a function"),
    ]) {
      tell.now = async () => {
        throw error;
      };
      world.clock.add(3_600_000);
      const { reads } = await world.services.audit.run("scheduled", new AbortController().signal);
      expect(reads.every((r) => r.coverage === "complete")).toBe(true);
      const facts = await known();
      expect(facts).toMatchObject({ automations: null, changes: null });
      expect(facts?.notes[0]).toMatch(/^campaigns, rules and automations: .*(campaigns:read|should not)/);
      expect(facts?.notes[0]).not.toContain("undefined is not");
    }
    // what was planned before the failure still counts
    expect((await listCampaigns(world.app.db, hoursOn(-24))).map((c) => c.name)).toEqual(["Letter"]);
  });

  it("is not asked of a system that could not be read", async () => {
    let asked = 0;
    world = await withFacts({
      now: async () => {
        asked += 1;
        return { ...NO_FACTS, automations: [] };
      },
    });
    world.env.GHOST_KEY = `${"0".repeat(24)}:${"0".repeat(64)}`;
    await auditDaily(world, 1);
    expect(asked).toBe(0);
    const [facts] = await listSystemFacts(world.app.db);
    expect(facts).toMatchObject({ system: "ghost", automations: null });
    expect(facts?.notes[0]).toContain("not asked");
  });
});

describe("campaigns and automations of the systems, in a repair", () => {
  const plan = () =>
    world.services.repair.draft({
      author: ANA,
      audience: audienceId("active"),
      incident: null,
      system: systemId("ghost"),
    });
  const guard = (p: Awaited<ReturnType<typeof plan>>, name: string) => p.guards.find((g) => g.guard === name);
  const differ = async () => {
    world.ghost.control.unload(["person7@example.test"]);
    world.ghost.control.load([
      { email: "person7@example.test", name: "Person 7", labels: ["VIP"] },
      { email: "extra@example.test", name: "Extra", labels: ["Active", "Press"] },
    ]);
    await auditDaily(world, 2);
  };
  const campaign = (targets: readonly ReadTarget[], role: "includes" | "excludes", at: Instant) => ({
    id: "1",
    name: "Autumn drop",
    state: "scheduled" as const,
    at,
    includes: [],
    excludes: [],
    [role]: [{ name: "Active", target: indexOf(targets, "active") }],
  });

  it("nobody is taken off a list that a campaign leaves out, and adds stay for good", async () => {
    const tell: { now: Tell } = { now: async () => ({ ...NO_FACTS, campaigns: [] }) };
    world = await withFacts(tell);
    await auditDaily(world, 2);
    await acceptBase("active");
    await differ();
    const free = await plan();
    expect(free.doc.changes.map((c) => c.op)).toEqual(["remove", "add"]);
    expect(guard(free, "no_consent_loosened")?.verdict).toBe("pass");

    tell.now = async (targets) => ({
      ...NO_FACTS,
      campaigns: [campaign(targets, "excludes", hoursOn(24 * 9))],
    });
    world.clock.add(60_000);
    await world.services.audit.run("scheduled", new AbortController().signal);
    const bound = await plan();
    expect(bound.doc.changes.map((c) => [c.op, c.reversible])).toEqual([["add", false]]);
    expect(bound.doc.leftOut.map((l) => l.reason)).toEqual([
      "the campaign “Autumn drop” leaves this list out; nobody is taken off it",
    ]);
    // the plan from before does not go through any more: its guards run again
    const seen = await world.services.repair.detail(free.id, ANA);
    await expect(
      world.services.repair.approve(free.id, ANA, {
        hash: seen.hash,
        confirm: seen.confirmText,
        automations: true,
      }),
    ).rejects.toThrow(/loosen|leaves this list out/);
  });

  it("a campaign that goes out soon holds the repair, and live automations want a tick", async () => {
    world = await withFacts({
      now: async (targets) => ({
        ...NO_FACTS,
        campaigns: [campaign(targets, "includes", hoursOn(0.25))],
        automations: [
          {
            name: "Welcome series",
            live: true,
            startsOn: [{ name: "Active", target: indexOf(targets, "active") }],
          },
          {
            name: "Old one",
            live: false,
            startsOn: [{ name: "Active", target: indexOf(targets, "active") }],
          },
        ],
      }),
    });
    await auditDaily(world, 2);
    await acceptBase("active");
    await differ();
    const p = await plan();
    expect(guard(p, "next_send")).toMatchObject({
      verdict: "fail",
      because: expect.stringContaining("Autumn drop"),
    });
    expect(p.doc.automations).toEqual({ ghost: ["Welcome series"] });
    expect(guard(p, "automations")).toMatchObject({ verdict: "needs", because: "confirm 1" });
  });
});
