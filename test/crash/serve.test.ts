import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../e2e/processes.ts";
import { mailOf } from "../property/sync-world.ts";
import { OPTED_OUT, type Product, product, RENAMED, type Serve } from "./product.ts";

const LEASE_MS = 5_000;
/** What the API answers when the rules say no. */
const REFUSED = 422;
let p: Product;
let kills = 0;
beforeAll(async () => {
  p = await product();
  // A difference has to be seen twice before anything but a suppression is planned.
  await p.audit(2);
});
afterAll(async () => {
  process.stdout.write(`plumbline serve: ${kills} kills\n`);
  await p.close();
});

/** Asks for something of which this server dies. */
async function dies(serve: Serve, path: string, body: object): Promise<void> {
  const answer = await serve.post(path, body);
  if (answer !== null && !path.endsWith("/apply")) serve.child.process.kill("SIGKILL");
  // An apply is answered before it runs; everything else dies first.
  if (!path.endsWith("/apply")) expect(answer, `${path}: ${JSON.stringify(answer)}`).toBeNull();
  expect(await serve.end()).toBe("SIGKILL");
  kills += 1;
}

async function approve(serve: Serve, id: number): Promise<number | null> {
  const { hash, confirmText } = await serve.get<{ hash: string; confirmText: string }>(`/plans/${id}`);
  return (
    (await serve.post(`/plans/${id}/approve`, { hash, confirm: confirmText, automations: true }))?.status ??
    null
  );
}

/** No half plan may be approvable: what a crash left is whole and logged, or a draft that nobody can approve. */
async function expectNoHalfPlan(): Promise<void> {
  for (const plan of await p.plans()) {
    expect(plan).toMatchObject({ whole: true });
    if (plan.state !== "draft") expect(await p.log(`PL-${plan.id}`)).toContain("plan.drafted");
    if (["approved", "applying", "verifying", "done"].includes(plan.state))
      expect(await p.log(`PL-${plan.id}`)).toContain("plan.approved");
  }
}

describe("plumbline serve, killed and started again", () => {
  it("while a plan is drafted: no half plan, and none that could be approved unfinished", async () => {
    const left: number[] = [];
    for (const [failpoint, there] of [
      ["plan.row_inserted", null],
      ["plan.changes_inserted", null],
      ["plan.created", "draft"],
      ["plan.logged", "draft"],
      ["plan.checked", "checked"],
    ] as const) {
      const before = (await p.plans()).length;
      await dies(await p.serve(failpoint), "/audiences/active/plan", { only: ["set"] });
      const after = await p.plans();
      expect(
        after.slice(before).map((x) => x.state),
        failpoint,
      ).toEqual(there === null ? [] : [there]);
      if (there === "draft") left.push(after.at(-1)?.id ?? 0);
      await expectNoHalfPlan();
    }
    const serve = await p.serve(null);
    expect(left).toHaveLength(2);
    for (const id of left) expect(await approve(serve, id), "a draft").toBe(REFUSED);
    serve.child.process.kill("SIGKILL");
    await serve.end();
  });

  it("while it is approved: approved in the log and by name before it can run, and once only", async () => {
    const [plan] = (await p.plans()).filter((x) => x.state === "checked");
    const id = plan?.id ?? 0;
    for (const [failpoint, state] of [
      ["approve.recorded", "checked"],
      ["approve.moved", "approved"],
    ] as const) {
      const serve = await p.serve(failpoint);
      if (failpoint !== "approve.recorded")
        expect((await serve.post(`/plans/${id}/apply`, {}))?.status, "not approved yet").toBe(REFUSED);
      const approved = await approve(serve, id);
      if (approved !== null) serve.child.process.kill("SIGKILL");
      expect(approved).toBeNull();
      expect(await serve.end()).toBe("SIGKILL");
      kills += 1;
      expect((await p.plans()).find((x) => x.id === id)?.state, failpoint).toBe(state);
      await expectNoHalfPlan();
    }
    expect(await p.ghost.effects(), "nothing was written meanwhile").toEqual([]);
  });

  it("while it is applied: goes on by itself within two leases", async () => {
    const id = (await p.plans()).find((x) => x.state === "approved")?.id ?? 0;
    await dies(await p.serve("after_acquire"), `/plans/${id}/apply`, {});
    for (const failpoint of ["after_intent", "after_vendor_call", "after_move_verifying"]) {
      const serve = await p.serve(failpoint);
      expect(await serve.end(), failpoint).toBe("SIGKILL");
      expect(Date.now() - serve.since, `to ${failpoint}`).toBeLessThanOrEqual(2 * LEASE_MS);
      kills += 1;
    }
    const serve = await p.serve(null);
    await eventually(
      async () => (await p.plans()).find((x) => x.id === id)?.state,
      (state) => state === "done",
      2 * LEASE_MS,
    );
    expect((await p.ghost.effects()).map((e) => `${e.email} ${e.ops}`).sort()).toEqual(
      RENAMED.map((i) => `${mailOf(i)} set`),
    );
    serve.child.process.kill("SIGKILL");
    await serve.end();
  });

  it("while its undo is drafted and applied: back to the start, once", async () => {
    const done = (await p.plans()).find((x) => x.state === "done")?.id ?? 0;
    for (const failpoint of ["plan.changes_inserted", "plan.created"]) {
      await dies(await p.serve(failpoint), `/plans/${done}/undo`, {});
      await expectNoHalfPlan();
    }
    const serve = await p.serve("after_vendor_call");
    const drafted = await serve.post(`/plans/${done}/undo`, {});
    expect(drafted, JSON.stringify(drafted)).toMatchObject({ status: 201 });
    const id = Number(drafted?.body.planId);
    expect(await approve(serve, id)).toBe(200);
    await dies(serve, `/plans/${id}/apply`, {});
    const again = await p.serve(null);
    await eventually(
      async () => (await p.plans()).find((x) => x.id === id)?.state,
      (state) => state === "done",
      2 * LEASE_MS,
    );
    expect((await p.ghost.effects()).map((e) => `${e.email} ${e.ops}`).sort()).toEqual(
      RENAMED.flatMap((i) => [`${mailOf(i)} set`, `${mailOf(i)} set`]),
    );
    await expectNoHalfPlan();
    again.child.process.kill("SIGKILL");
    await again.end();
  });

  it("while a person takes an incident: taken and told of, or neither", async () => {
    const serve = await p.serve("incident.changed");
    const { incidents } = await serve.get<{ incidents: { id: number; version: number; state: string }[] }>(
      "/incidents?state=open",
    );
    const [incident] = incidents;
    expect(incident?.state, `${OPTED_OUT.length} opted-out people can be mailed`).toBe("open");
    await dies(serve, `/incidents/${incident?.id}/take`, { version: incident?.version });
    const { rows } = await p.database.db.query("select state, version from incident where id = $1", [
      incident?.id,
    ]);
    expect(rows).toEqual([{ state: "open", version: incident?.version }]);
  });
});
