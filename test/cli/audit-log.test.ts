import { spawnSync } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliWorld, makeCliWorld } from "./cli-world.ts";

type Checked = {
  intact: boolean;
  entries: number;
  fault: { seq: number; what: string } | null;
  anchors: { fit: number };
  wrongPeople: string[];
};
type Listed = { entries: { seq: number; actor: string; action: string; object: string }[] };

let world: CliWorld;
beforeAll(async () => {
  world = await makeCliWorld(120, "lesser");
});
afterAll(() => world.close());

const verify = async (...words: string[]) => {
  const ran = await world.json(["audit-log", "verify", ...words]);
  return { ...ran, value: ran.value as Checked };
};
const listed = async () => ((await world.json(["audit-log", "list"])).value as Listed).entries;
const file = (name: string) => join(world.dir, name);

/** As the owner of the tables, with triggers off; puts back what it was. */
async function tampered(statement: string, look: () => Promise<void>): Promise<void> {
  const owner = new pg.Client({ connectionString: world.env.MIGRATE_DATABASE_URL });
  await owner.connect();
  try {
    await owner.query(
      "create table before as select * from audit_log; create table people_before as select * from person_ref",
    );
    await owner.query("alter table audit_log disable trigger all");
    await owner.query(statement);
    await look();
    await owner.query(
      "delete from audit_log; insert into audit_log select * from before order by seq; delete from person_ref; insert into person_ref select * from people_before; alter table audit_log enable trigger all; drop table before, people_before",
    );
  } finally {
    await owner.end();
  }
}

describe("plumbline audit-log, with a role for migrations and one for the rest", () => {
  it("everything works as the lesser role: audit, accept, a repair and its undo", async () => {
    await world.run(["migrate"]);
    await world.run(["audit", "--scheduled"]);
    await world.run(["audit", "--scheduled"]);
    expect(await world.run(["accept", "all", "--as", "Ben"])).toMatchObject({ code: 0 });
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = now() - interval '3 days', active = false where email = 'person1@example.test'",
    );
    expect((await world.run(["audit", "--scheduled"])).code).toBe(2);
    const { incidents } = (await world.json(["incidents"])).value as {
      incidents: { id: number; title: string }[];
    };
    const leak = incidents.find((i) => /opted-out/.test(i.title));
    const drafted = await world.json(["plan", `INC-${leak?.id}`, "--as", "Ana"]);
    const { plan, confirmText } = drafted.value as { plan: { id: number }; confirmText: string };
    expect(
      await world.run(["approve", `PL-${plan.id}`, "--confirm", confirmText, "--as", "Ana"]),
    ).toMatchObject({ code: 0 });
    expect(await world.run(["apply", `PL-${plan.id}`, "--execute", "--as", "Ana"])).toMatchObject({
      code: 0,
    });
    await world.run(["undo", `PL-${plan.id}`, "--as", "Ana"]);
    await world.run([
      "incidents",
      `INC-${leak?.id}`,
      "--not-a-problem",
      "--note",
      "call Quill",
      "--as",
      "Ben",
    ]);
    expect((await listed()).map((e) => `${e.actor} ${e.action}`).reverse()).toEqual([
      "plumbline config.changed",
      "Ben base.accepted",
      "Ben base.accepted",
      "Ana plan.drafted",
      "Ana plan.approved",
      "Ana plan.apply",
      "plumbline plan.ended",
      "Ana plan.drafted",
      "Ben incident.marked_false",
    ]);
  });

  it("the log holds no name, and no note", async () => {
    const { rows } = await world.store.query("select * from audit_log");
    expect(rows.length).toBeGreaterThan(5);
    expect(JSON.stringify(rows)).not.toMatch(/Ana|Ben|Quill/);
  });

  it("the end of a plan is anchored, 0600; verify says how much is not", async () => {
    const anchors = file("data/audit-anchors.jsonl");
    expect((await stat(anchors)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(anchors, "utf8")).trimEnd().split("\n");
    expect(lines.map((l) => (JSON.parse(l) as { seq: number }).seq)).toEqual([5, 7]);
    const { code, value } = await verify();
    expect({ code, value }).toMatchObject({
      code: 0,
      value: { intact: true, entries: 9, first: 1, fault: null, anchors: { fit: 2, unreadable: 0 } },
    });
    expect((await world.run(["audit-log", "verify"])).out).toBe(
      `✓ 9 entries fit, 1 to 9\n✓ 2 anchors fit, the last of entry 7 at ${(JSON.parse(lines[1] ?? "") as { at: string }).at}\n○ 2 newer entries are not anchored yet: if they were cut off, it would not show\n`,
    );
  });

  it("an export verifies anywhere, also with the lines of docs/audit-log.md; a changed one does not", async () => {
    expect(await world.run(["audit-log", "export", "--out", "log.jsonl", "--as", "Vera"])).toMatchObject({
      code: 6,
    });
    const done = await world.run(["audit-log", "export", "--out", "log.jsonl", "--as", "Ana"]);
    expect(done).toEqual({ code: 0, out: "", err: "10 entries\n" });
    expect((await stat(file("log.jsonl"))).mode & 0o777).toBe(0o600);
    expect((await world.run(["audit-log", "export", "--out", "log.jsonl"])).code).toBe(4);
    const text = await readFile(file("log.jsonl"), "utf8");
    expect((await listed())[0]).toMatchObject({ action: "audit_log.exported" });
    const nowhere = {
      env: { DATABASE_URL: undefined, PLUMBLINE_CONFIG: undefined, PLUMBLINE_DATA: "/nowhere" },
    };
    const good = ["audit-log", "verify", "--file", "log.jsonl", "--anchors", "data/audit-anchors.jsonl"];
    expect(await world.json(good, nowhere)).toMatchObject({ code: 0, value: { intact: true, entries: 10 } });

    const [python] =
      /```python\n([\s\S]*?)```/.exec(await readFile("docs/audit-log.md", "utf8"))?.slice(1) ?? [];
    const run = () => spawnSync("python3", ["-c", python ?? "", file("log.jsonl")], { encoding: "utf8" });
    const python3 = spawnSync("python3", ["--version"]).status === 0;
    if (python3) expect(run()).toMatchObject({ status: 0, stdout: "10 entries fit\n" });

    await writeFile(file("log.jsonl"), text.replace('"plan.apply"', '"plan.stop"'));
    expect(await world.json(good, nowhere)).toMatchObject({
      code: 2,
      value: { fault: { seq: 6, what: "edited" } },
    });
    if (python3) expect(run().status).not.toBe(0);
    await writeFile(file("log.jsonl"), `${text.trimEnd().split("\n").slice(0, 6).join("\n")}\n`);
    expect(await world.json(good, nowhere)).toMatchObject({
      code: 2,
      value: { fault: { seq: 7, what: "tail_cut" } },
    });

    const part = await world.run(["audit-log", "export", "--since", "4"]);
    await writeFile(file("part.jsonl"), part.out);
    const partly = ["audit-log", "verify", "--file", "part.jsonl"];
    expect(await world.json(partly)).toMatchObject({
      code: 2,
      value: { fault: { seq: 1, what: "deleted" } },
    });
    expect(await world.json([...partly, "--part"])).toMatchObject({ code: 0, value: { entries: 8 } });
    const since = await world.run(["audit-log", "export", "--since", "2000-01-01T00:00:00Z"]);
    expect(since.out.split("\n")).toHaveLength(13);
    expect((await world.run(["audit-log", "export", "--since", "yesterday"])).code).toBe(1);
  });

  it("verify and doctor find what the owner of the tables did", async () => {
    const cases = [
      ["update audit_log set action = 'plan.stop' where seq = 6", "edited", 6],
      ["delete from audit_log where seq = 3", "deleted", 3],
      ["delete from audit_log where seq > 4", "tail_cut", 5],
      ["update person_ref set known_as = 'Bob' where known_as = 'Ben'", null, null],
    ] as const;
    for (const [statement, what, seq] of cases)
      await tampered(statement, async () => {
        const { code, value } = await verify();
        expect({ statement, code, what: value.fault?.what ?? null, seq: value.fault?.seq ?? null }).toEqual({
          statement,
          code: 2,
          what,
          seq,
        });
        expect(value.wrongPeople).toHaveLength(what === null ? 1 : 0);
        const doctor = await world.run(["doctor"]);
        expect(doctor).toMatchObject({ code: 1, out: expect.stringMatching(/✗ audit log /) });
      });
    expect((await verify()).code).toBe(0);
  });

  it("doctor: who may change the log", async () => {
    expect((await world.run(["doctor"])).out).toMatch(
      /✓ database role +\S+ may add to the audit log and not change it\n✓ audit log +the newest \d+ entries fit, anchored up to \d+/,
    );
    const one = await world.run(["doctor"], { env: { DATABASE_URL: world.env.MIGRATE_DATABASE_URL } });
    expect(one).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /▲ database role .*owns the tables and runs Plumbline.*MIGRATE_DATABASE_URL/,
      ),
    });
    const alone = await world.run(["migrate"], { env: { DATABASE_URL: "" } });
    expect(alone).toMatchObject({ code: 1, err: expect.stringMatching(/DATABASE_URL: it is not set/) });
  });

  it("forgets a person: only an admin, and the chain stays as it is", async () => {
    expect((await world.run(["audit-log", "forget", "Ana", "--as", "Ana"])).code).toBe(6);
    const { code, value } = await world.json(["audit-log", "forget", "Ana", "--as", "Ben"]);
    expect({ code, value }).toMatchObject({
      code: 0,
      value: { forgotten: expect.stringMatching(/^person:[0-9a-f]{32}$/) },
    });
    const entries = await listed();
    expect(entries.filter((e) => e.actor === "Ana")).toEqual([]);
    expect(entries.filter((e) => e.actor === "erased person").length).toBeGreaterThan(2);
    expect(entries[0]).toMatchObject({ actor: "Ben", action: "person.forgotten", object: value.forgotten });
    expect(await verify()).toMatchObject({ code: 0, value: { intact: true } });
    expect((await world.run(["audit-log", "forget", "Ana", "--as", "Ben"])).code).toBe(1);
  });
});
