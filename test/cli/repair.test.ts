import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliWorld, makeCliWorld } from "./cli-world.ts";

type Incidents = { incidents: { id: number; title: string; state: string }[] };
type Plan = {
  plan: { id: number; state: string; changes: number; need: string };
  confirmText: string;
  counts: Record<string, number>;
};

let world: CliWorld;
beforeAll(async () => {
  world = await makeCliWorld(300);
});
afterAll(() => world.close());

const writes = () => world.ghost.control.journal().filter((e) => e.effective).length;
const audit = () => world.json(["audit", "--scheduled"]);
const newsletters = (email: string) =>
  world.ghost.control.members().find((m) => m.email === email)?.newsletters.length;
const plan = async (...words: string[]) => {
  const ran = await world.json(words);
  return { ...ran, value: ran.value as unknown as Plan };
};

/** One story from top to bottom: each step is what a person would type next. */
describe("from an agreeing company to a repaired difference, on the command line", () => {
  it("audit of copies that agree: 0, and says so", async () => {
    await world.run(["audit", "--scheduled"]);
    const { code, out, err } = await world.run(["audit", "--scheduled"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("do_not_contact: ghost same");
    expect(out).toContain("✓ No open incidents.");
    expect((await world.run(["incidents"])).code).toBe(0);
  });

  it("accept, once as a viewer (6) and once for all audiences (0)", async () => {
    const refused = await world.run(["accept", "all", "--as", "Vera"]);
    expect(refused).toEqual({ code: 6, out: "", err: expect.stringContaining("viewers cannot accept") });
    const { code, value } = await world.json(["accept", "all"]);
    expect({ code, value }).toEqual({ code: 0, value: { accepted: ["do_not_contact", "active"] } });
  });

  it("audit after three people opted out: findings, 2", async () => {
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = now() - interval '3 days', active = false where email in ('person1@example.test', 'person2@example.test', 'person3@example.test')",
    );
    const { code, err, value } = await audit();
    expect({ code, err }).toEqual({ code: 2, err: "" });
    expect(value).toMatchObject({
      incidents: expect.arrayContaining([expect.objectContaining({ severity: "act" })]),
    });
    const list = await world.json(["incidents"]);
    expect(list.code).toBe(2);
    const text = await world.run(["incidents"]);
    expect(text.out.split("\n").length - 1).toBe((list.value as Incidents).incidents.length);
  });

  const leak = async (): Promise<string> => {
    const { value } = await world.json(["incidents"]);
    const found = (value as Incidents).incidents.find((i) => i.title.includes("can be mailed"));
    return `INC-${found?.id}`;
  };

  it("one incident: what moved, what it means, what to do", async () => {
    const id = await leak();
    const { code, out } = await world.run(["incidents", id]);
    expect(code).toBe(2);
    expect(out).toContain(`${id} open: `);
    expect(out).toContain("\n1. ");
    expect((await world.json(["incidents", id])).value).toMatchObject({ incidents: [{ state: "open" }] });
  });

  it("plan as a viewer: 6, and nothing is drafted", async () => {
    const before = (await world.json(["plan", "--list"])).value;
    const ran = await world.run(["plan", await leak(), "--as", "Vera"]);
    expect(ran).toMatchObject({ code: 6, out: "" });
    expect((await world.json(["plan", "--list"])).value).toEqual(before);
  });

  it("plan: prints what would change, writes nothing", async () => {
    const before = writes();
    const { code, value } = await plan("plan", await leak());
    expect({ code, state: value.plan.state, changes: value.plan.changes }).toEqual({
      code: 0,
      state: "checked",
      changes: 3,
    });
    expect(writes()).toBe(before);
    const shown = await world.run(["plan", `PL-${value.plan.id}`]);
    expect(shown.out).toContain("⊖ 3 suppress");
    expect(shown.out).toContain(`plumbline approve PL-${value.plan.id} --confirm "${value.confirmText}"`);
    expect(shown.out).not.toContain("person1@example.test");
    expect((await world.json(["plan"])).value).toMatchObject({ plans: [{ id: value.plan.id }] });
    expect((await world.run(["plan", "--list"])).out).toBe(
      `PL-${value.plan.id} checked  3 changes  Do not contact\n`,
    );
  });

  it("plan --csv: unmasked people, in a new file for its owner alone; an older file stays as it is", async () => {
    const { name } = await latest();
    const file = join(world.dir, "changes.csv");
    expect(await world.run(["plan", name, "--csv", "--out", file])).toEqual({ code: 0, out: "", err: "" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, "utf8");
    expect(text).toContain("person1@example.test");
    expect((await world.run(["plan", name, "--csv"])).out).toBe(text);
    const again = await world.run(["plan", name, "--csv", "--out", file]);
    expect(again).toMatchObject({ out: "", err: expect.stringContaining("is there already") });
    expect(again.code).not.toBe(0);
    const { rows } = await world.store.query("select 1 from audit_log where action = 'plan.exported'");
    expect(rows).toHaveLength(3);
  });

  const latest = async (): Promise<Plan["plan"] & { name: string }> => {
    const { value } = await world.json(["plan", "--list"]);
    const [first] = (value as { plans: Plan["plan"][] }).plans;
    if (first === undefined) throw new Error("there is no plan");
    return { ...first, name: `PL-${first.id}` };
  };

  it("apply before it is approved: refused, 4; also with --execute nothing is written", async () => {
    const { name } = await latest();
    const before = writes();
    const dry = await world.run(["apply", name]);
    expect(dry).toMatchObject({ code: 0, err: "Nothing was written. Add --execute to carry it out.\n" });
    expect(await world.run(["apply", name, "--execute"])).toEqual({
      code: 4,
      out: "",
      err: expect.stringContaining("has to be approved first"),
    });
    expect(writes()).toBe(before);
  });

  it("approve: the wrong confirmation is refused (4), a viewer is not allowed (6), the right one is taken (0)", async () => {
    const { name, id, changes } = await latest();
    expect(await world.run(["approve", name, "--confirm", `${name} ${changes + 1}`])).toEqual({
      code: 4,
      out: "",
      err: expect.stringContaining(`type ${name} ${changes} to confirm`),
    });
    expect(
      await world.run(["approve", name, "--confirm", `${name} ${changes}`, "--as", "Vera"]),
    ).toMatchObject({
      code: 6,
      out: "",
    });
    const { code, value } = await plan("approve", name, "--confirm", `${name} ${changes}`);
    expect({ code, plan: value.plan }).toMatchObject({ code: 0, plan: { id, state: "approved" } });
  });

  it("apply as a viewer: 6; without --execute: prints, and writes nothing", async () => {
    const { name } = await latest();
    const before = writes();
    expect((await world.run(["apply", name, "--execute", "--as", "Vera"])).code).toBe(6);
    const { code, value, err } = await plan("apply", name);
    expect({ code, state: value.plan.state }).toEqual({ code: 0, state: "approved" });
    expect(err).toBe("Nothing was written. Add --execute to carry it out.\n");
    expect(writes()).toBe(before);
    expect(newsletters("person1@example.test")).toBe(1);
  });

  it("apply --execute interrupted before it begins: 130, and the same line again does it: 0", async () => {
    const { name } = await latest();
    const gone = await world.run(["apply", name, "--execute"], { signal: AbortSignal.abort() });
    expect(gone).toMatchObject({ code: 130, out: "" });
    const { code, value } = await plan("apply", name, "--execute");
    expect({ code, state: value.plan.state, applied: value.counts.applied }).toEqual({
      code: 0,
      state: "done",
      applied: 3,
    });
    expect([1, 2, 3].map((n) => newsletters(`person${n}@example.test`))).toEqual([0, 0, 0]);
  });

  it("once more: refused (4), nothing is written twice", async () => {
    const before = writes();
    expect((await world.run(["apply", (await latest()).name, "--execute"])).code).toBe(4);
    expect(writes()).toBe(before);
  });

  it("trace: from the reading to the repair", async () => {
    const id = await leak();
    const { code, value } = await world.json(["trace", id]);
    expect(code).toBe(0);
    const hops = (value as { hops: { hop: string }[] }).hops.map((h) => h.hop);
    for (const hop of ["read", "set", "comparison", "check", "plan", "approval", "apply", "verify"])
      expect(hops).toContain(hop);
    expect((await world.run(["trace", id])).out.split("\n").length - 1).toBe(hops.length);
  });

  it("an audit afterwards closes the incident", async () => {
    await audit();
    const open = ((await world.json(["incidents"])).value as Incidents).incidents;
    expect(open.filter((i) => i.title.includes("can be mailed"))).toEqual([]);
    const all = ((await world.json(["incidents", "--all"])).value as Incidents).incidents;
    expect(all.some((i) => i.state === "resolved")).toBe(true);
  });

  it("undo of a suppression is refused: it is one-way", async () => {
    const { code, out } = await world.run(["undo", (await latest()).name]);
    expect(code).toBe(4);
    expect(out).toContain("⊘ 3 left out: one-way");
    expect(out).toContain("Nothing of it can be carried out");
  });

  it("undo of an add: a new plan under the same gates", async () => {
    world.ghost.control.unload(["person7@example.test"]);
    world.ghost.control.load([{ email: "person7@example.test", name: "Person 7", labels: ["VIP"] }]);
    await audit();
    await audit();
    const drafted = await plan("plan", "active", "--system", "ghost", "--only", "add");
    expect(drafted.value.plan.changes).toBe(1);
    const name = `PL-${drafted.value.plan.id}`;
    expect(
      (await world.run(["approve", name, "--confirm", drafted.value.confirmText, "--automations"])).code,
    ).toBe(0);
    expect((await world.run(["apply", name, "--execute"])).code).toBe(0);
    const undo = await plan("undo", name);
    expect({ code: undo.code, ...undo.value.plan }).toMatchObject({ code: 0, state: "checked", changes: 1 });
    expect(undo.value.plan.id).not.toBe(drafted.value.plan.id);
  });

  it("a plan that waited too long: stale, 5, for showing, approving and applying it", async () => {
    const { id, name } = await latest();
    await world.store.query(
      "update plan set doc = jsonb_set(doc::jsonb, '{expiresAt}', '\"2026-01-01T00:00:00.000Z\"')::json where id = $1",
      [id],
    );
    const shown = await plan("plan", name);
    expect({ code: shown.code, state: shown.value.plan.state }).toEqual({ code: 5, state: "expired" });
    expect((await world.run(["approve", name, "--confirm", shown.value.confirmText])).code).toBe(5);
    expect((await world.run(["apply", name])).code).toBe(5);
    expect(await world.run(["apply", name, "--execute"])).toMatchObject({ code: 5, out: "" });
  });

  it("a plan over the limits: drafted to be seen, refused by a safeguard, 4", async () => {
    await world.warehouse.query("update person set active = false where email ~ '^person(1|2)[0-9][0-9]@'");
    await audit();
    await audit();
    const drafted = await plan("plan", "active");
    expect({ code: drafted.code, state: drafted.value.plan.state }).toEqual({ code: 4, state: "refused" });
    const name = `PL-${drafted.value.plan.id}`;
    expect((await world.run(["plan", name])).out).toContain("✗ ");
    expect(await world.run(["approve", name, "--confirm", drafted.value.confirmText])).toMatchObject({
      code: 4,
      out: "",
    });
    expect((await world.run(["apply", name, "--execute"])).code).toBe(4);
  });
});

describe("Ctrl-C in the middle of an apply", () => {
  it("130, and the same line goes on where it was: every change once", async () => {
    const before = world;
    world = await makeCliWorld(300);
    try {
      await world.run(["audit", "--scheduled"]);
      await world.run(["accept", "all"]);
      await world.warehouse.query(
        "update person set consent = 'unsubscribed', consent_at = now() - interval '3 days', active = false where email ~ '^person[1-4][0-9]@'",
      );
      await audit();
      const { value } = await plan("plan", "do_not_contact");
      const name = `PL-${value.plan.id}`;
      expect(value.plan).toMatchObject({ state: "checked", changes: 40 });
      const approved = [
        "approve",
        name,
        "--confirm",
        value.confirmText,
        "--as",
        value.plan.need === "author" ? "Ana" : "Ben",
      ];
      expect((await world.run(approved)).code).toBe(0);

      const ctrlC = new AbortController();
      const looking = setInterval(() => {
        if (writes() > 0) ctrlC.abort();
      }, 1);
      const first = await world.run(["apply", name, "--execute"], { signal: ctrlC.signal });
      clearInterval(looking);
      expect(first).toMatchObject({ code: 130, out: "" });
      const begun = writes();
      expect(begun).toBeGreaterThan(0);
      expect(begun).toBeLessThan(40);
      expect((await plan("plan", name)).value.plan.state).toBe("applying");

      expect((await world.run(["apply", name, "--execute", "--as", "Vera"])).code).toBe(6);
      const { code, value: ended } = await plan("apply", name, "--execute");
      expect({ code, state: ended.plan.state, applied: ended.counts.applied }).toEqual({
        code: 0,
        state: "done",
        applied: 40,
      });
      expect(writes()).toBe(40);
    } finally {
      await world.close();
      world = before;
    }
  });
});
