import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { audienceId, instant, systemId } from "../../core/model.ts";
import { eraseFromSet } from "../../members/erase-people.ts";
import { personKeyOf } from "../../members/person-key.ts";
import { sweepOrphans } from "../../members/sweep.ts";
import { getAgreedState } from "../../store/get-agreed-state.ts";
import { knownSetFiles } from "../../store/known-set-files.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { LEFT_OUT } from "../../sync/words.ts";
import { ANA, applyAs, auditDaily, makeWorld, type SimWorld } from "./world.ts";

let world: SimWorld;
afterEach(async () => world.close());

const run = () => world.services.audit.run("scheduled", new AbortController().signal);

async function acceptBases(): Promise<void> {
  for (const a of world.app.config.audiences) {
    const [comparison] = await world.app.audits.comparisons(a.id, 1);
    if (comparison === undefined) throw new Error("nothing was compared yet");
    await putAudienceBase(world.app.db, {
      audience: a.id,
      acceptedAt: instant(world.clock.now()),
      acceptedBy: "test",
      runId: comparison.runId,
    });
  }
}

describe("from a planted difference to a repaired audience", () => {
  it("suppresses opted-out people, verifies in Ghost, and a second audit is clean", async () => {
    world = await makeWorld({ people: 300 });
    await auditDaily(world, 2);
    await acceptBases();
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = '2026-11-03', active = false where email in ('person1@example.test', 'person2@example.test', 'person3@example.test')",
    );
    world.clock.add(86_400_000);
    const audit = await run();
    const leak = audit.open.find((i) => i.finding.check === "suppression_leak");
    expect(leak?.finding).toMatchObject({
      audience: "do_not_contact",
      system: "ghost",
      severity: "act",
      people: 3,
      repair: "consent",
    });
    if (leak?.finding.audience == null) throw new Error("no leak was found");

    const plan = await world.services.repair.draft({
      author: ANA,
      audience: leak.finding.audience,
      incident: leak,
      system: leak.finding.system,
    });
    expect(plan.state, JSON.stringify(plan.guards.filter((g) => g.verdict !== "pass"))).toBe("checked");
    expect(plan.doc.changes.map((c) => c.op)).toEqual(["suppress", "suppress", "suppress"]);
    await applyAs(world, plan.id, ANA);

    const detail = await world.services.repair.detail(plan.id, ANA);
    expect(detail.plan.state).toBe("done");
    expect(detail.counts).toMatchObject({ applied: 3, failed: 0, unknown: 0, waiting: 0, in_doubt: 0 });
    const members = world.ghost.control
      .members()
      .filter((m) =>
        ["person1@example.test", "person2@example.test", "person3@example.test"].includes(m.email),
      );
    expect(members.map((m) => m.newsletters.length)).toEqual([0, 0, 0]);
    world.clock.add(86_400_000);
    const after = await run();
    expect(after.open.filter((i) => i.finding.check === "suppression_leak")).toEqual([]);
    expect(
      after.comparisons.find((c) => c.audience === "do_not_contact")?.perSystem.ghost?.mailableOptedOut,
    ).toBe(0);
  });

  it("adds and removes members, keeps their other labels, and takes it back with an undo", async () => {
    world = await makeWorld({ people: 300 });
    await auditDaily(world, 2);
    await acceptBases();
    world.ghost.control.unload(["person7@example.test"]);
    world.ghost.control.load([
      { email: "person7@example.test", name: "Person 7", labels: ["VIP"] },
      { email: "extra@example.test", name: "Extra", labels: ["Active", "Press"] },
    ]);
    await auditDaily(world, 2);
    const plan = await world.services.repair.draft({
      author: ANA,
      audience: "active" as never,
      incident: null,
      system: systemId("ghost"),
    });
    expect(plan.state, JSON.stringify(plan.guards.filter((g) => g.verdict !== "pass"))).toBe("checked");
    expect(plan.doc.changes.map((c) => c.op)).toEqual(["remove", "add"]);
    expect(plan.doc.changes.map((c) => c.rule)).toEqual([
      "neither in Warehouse nor in Ghost on 4 Nov 2026, then added in Ghost only",
      "in Warehouse and Ghost until 4 Nov 2026, then gone from Ghost",
    ]);
    await applyAs(world, plan.id, ANA);
    const labels = (email: string) =>
      world.ghost.control
        .members()
        .find((m) => m.email === email)
        ?.labels.map((l) => l.name)
        .sort();
    expect(labels("person7@example.test")).toEqual(["Active", "VIP"]);
    expect(labels("extra@example.test")).toEqual(["Press"]);

    world.clock.add(60_000);
    await run();
    const again = await world.services.repair
      .draft({ author: ANA, audience: "active" as never, incident: null, system: systemId("ghost") })
      .catch((e: Error) => e.message);
    expect(again).toMatch(/nothing to repair/);

    const undo = await world.services.repair.undo(plan.id, ANA);
    await applyAs(world, undo.id, ANA);
    expect(labels("person7@example.test")).toEqual(["VIP"]);
    expect(labels("extra@example.test")).toEqual(["Active", "Press"]);
  });

  it("takes nobody off while nobody can tell what was agreed, and sweeps no file that is still needed", async () => {
    world = await makeWorld({ people: 300 });
    await auditDaily(world, 2);
    await acceptBases();
    world.ghost.control.load([{ email: "extra@example.test", name: "Extra", labels: ["Active"] }]);
    await auditDaily(world, 2);
    const row = await getAgreedState(world.app.db, audienceId("active"));
    const [latest] = await world.app.audits.comparisons(audienceId("active"), 1);
    expect(row).toMatchObject({ runId: latest?.runId, carriedAt: instant(world.clock.now()) });
    const file = join(world.app.dataDir, row?.setFile ?? "");
    expect(await readdir(dirname(file))).toEqual([`${row?.runId}.pls`]);
    await sweepOrphans(join(world.app.dataDir, "sets"), await knownSetFiles(world.app.db));

    const draft = () =>
      world.services.repair.draft({
        author: ANA,
        audience: audienceId("active"),
        incident: null,
        system: systemId("ghost"),
      });
    expect((await draft()).doc.changes.map((c) => c.op)).toEqual(["remove"]);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 1));
    const { changes, leftOut } = (await draft()).doc;
    expect(changes).toEqual([]);
    expect(leftOut.map((l) => l.reason)).toEqual([LEFT_OUT.nothingAgreed]);
    const unreadable = () => world.logs.filter((l) => l.event === "agreed.unreadable").length;
    expect(unreadable()).toBe(1);

    // the next audit finds it damaged half-way and begins anew; the accepted base stays the consent to take people off
    bytes[Math.floor(bytes.length / 8)]! ^= 1;
    await writeFile(file, bytes);
    await auditDaily(world, 1);
    expect(unreadable()).toBe(2);
    expect((await draft()).doc.changes.map((c) => c.rule)).toEqual(["not in Warehouse for 2 reads"]);
    const carried = await getAgreedState(world.app.db, audienceId("active"));
    const erase = () =>
      eraseFromSet(join(world.app.dataDir, carried?.setFile ?? ""), "agreed", world.app.epoch, [
        keyOfPerson("extra@example.test"),
      ]);
    expect([await erase(), await erase()]).toEqual([1, 0]);
  });
});

const keyOfPerson = (email: string) => personKeyOf(world.app.keys, "email", email);
