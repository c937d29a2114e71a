import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audienceId, instant, systemId } from "../../core/model.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { ANA, applyAs, makeWorldWith, testClock, type World } from "../e2e/world.ts";
import { type RealGhost, startRealGhost } from "./ghost-server.ts";

const PEOPLE = 500;
const email = (i: number) => `person${i}@example.test`;
const ghost = await startRealGhost();

describe.skipIf(ghost === null)("a warehouse of 500 people and a real Ghost", () => {
  const real = ghost as RealGhost;
  // Ghost lives in the computer's time: a clock set back would make every token "from the past"
  const clock = { ...testClock(new Date().toISOString()), now: () => new Date() };
  let world: World;

  beforeAll(async () => {
    await real.clear();
    await real.importCsv(
      Array.from({ length: PEOPLE }, (_, i) => ({
        email: email(i + 1),
        name: `Person ${i + 1}`,
        labels: ["Active"],
        subscribed: true,
      })),
    );
    world = await makeWorldWith(real, clock, { people: PEOPLE });
  });
  afterAll(async () => {
    await world.close();
    await real.stop();
  });

  const audit = () => world.services.audit.run("scheduled", new AbortController().signal);
  const member = async (address: string) => {
    const { body } = await real.call(
      "GET",
      `/members/?include=labels,newsletters&filter=${encodeURIComponent(`email:'${address}'`)}`,
    );
    return (body.members as { labels: { name: string }[]; newsletters: unknown[] }[])[0];
  };
  const put = async (address: string, change: object) => {
    const { body } = await real.call("GET", `/members/?filter=${encodeURIComponent(`email:'${address}'`)}`);
    const id = (body.members as { id: string }[])[0]?.id;
    const answer = await real.call("PUT", `/members/${id}/`, { members: [change] });
    expect(answer.status).toBe(200);
  };

  it("agrees at first, finds what is planted, repairs it, reads it back from Ghost, and is clean again", async () => {
    const first = await audit();
    expect(first.reads.map((r) => [r.system, r.audience, r.coverage])).toEqual(
      first.reads.map((r) => [r.system, r.audience, "complete"]),
    );
    expect(first.comparisons.find((c) => c.audience === "active")?.perSystem.ghost).toMatchObject({
      size: PEOPLE,
      missing: 0,
      extra: 0,
      mailableOptedOut: 0,
    });
    for (const a of world.app.config.audiences) {
      await putAudienceBase(world.app.db, {
        audience: a.id,
        acceptedAt: instant(clock.now()),
        acceptedBy: "test",
        runId: first.runId,
      });
    }

    const [out1, out2, lost, other] = [email(11), email(12), email(13), email(14)];
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = now(), active = false where email = any($1)",
      [[out1, out2]],
    );
    await put(lost, { labels: [{ name: "VIP" }] });
    await put(other, { labels: [{ name: "Active" }, { name: "Press" }] });
    await world.warehouse.query("update person set active = false where email = $1", [other]);

    await audit();
    const found = await audit(); // membership counts when it is seen twice
    const leak = found.open.find((i) => i.finding.check === "suppression_leak");
    expect(leak?.finding.people).toBe(2);

    const suppress = await world.services.repair.draft({
      author: ANA,
      audience: audienceId("do_not_contact"),
      incident: leak ?? null,
      system: systemId("ghost"),
    });
    expect(suppress.doc.changes.map((c) => c.op)).toEqual(["suppress", "suppress"]);
    await applyAs(world, suppress.id, ANA);
    await audit();
    const members = await world.services.repair.draft({
      author: ANA,
      audience: audienceId("active"),
      incident: null,
      system: systemId("ghost"),
    });
    expect(members.doc.changes.map((c) => c.op).sort()).toEqual(["add", "remove", "remove", "remove"]);
    await applyAs(world, members.id, ANA);
    for (const plan of [suppress, members]) {
      const { counts, plan: row } = await world.services.repair.detail(plan.id, ANA);
      expect([row.state, counts.applied]).toEqual(["done", plan.doc.changes.length]);
    }

    // the truth, from Ghost itself
    expect([(await member(out1))?.newsletters, (await member(out2))?.newsletters]).toEqual([[], []]);
    expect((await member(lost))?.labels.map((l) => l.name).sort()).toEqual(["Active", "VIP"]);
    expect((await member(other))?.labels.map((l) => l.name)).toEqual(["Press"]);
    expect((await member(other))?.newsletters.length).toBe(1);

    const after = await audit();
    expect(after.comparisons.find((c) => c.audience === "active")?.perSystem.ghost).toMatchObject({
      missing: 0,
      extra: 0,
    });
    expect(
      after.comparisons.find((c) => c.audience === "do_not_contact")?.perSystem.ghost?.mailableOptedOut,
    ).toBe(0);
    expect(
      after.open.filter((i) => i.finding.check === "suppression_leak" || i.finding.check === "disagreement"),
    ).toEqual([]);
  });
});
