import { appendFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../app/app.ts";
import { anchorLog } from "../../app/audit-log/anchor.ts";
import { readAnchors } from "../../app/audit-log/anchors.ts";
import { checkLog } from "../../app/audit-log/check.ts";
import { logItems } from "../../app/audit-log/doctor.ts";
import { jobsOf } from "../../app/jobs/jobs.ts";
import { nowOf } from "../../core/clock.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { type Database, openDatabase } from "../../store/database.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { makeWorld, type SimWorld } from "./world.ts";

const HOUR = 3_600_000;

let world: SimWorld;
let app: App;
let owner: Database;
beforeAll(async () => {
  world = await makeWorld({
    people: 20,
    role: "lesser",
    yaml: (text) => `${text}audit_log: { anchor_file: second.jsonl }\n`,
  });
  app = world.app;
  owner = await openDatabase({ url: world.database.ownerUrl, applicationName: "owner" });
});
afterAll(async () => {
  await owner.close();
  await world.close();
});

const FIRST = "audit-anchors.jsonl";
const at = (name: string) => join(world.dir, name);
const numbers = async (name: string) => (await readAnchors(at(name))).anchors.map((a) => a.seq);
const add = async (object: string) =>
  appendAuditLog(app.db, { at: nowOf(app.clock), actor: "Ana", action: "test.done", object, detail: {} });
const hourly = async () => {
  world.clock.add(HOUR);
  const job = jobsOf(world.services).find((j) => j.name === "anchor");
  if (job === undefined) throw new Error("there is no such job");
  await job.run(nowOf(app.clock), new AbortController().signal);
};
/** Past the triggers, as only the owner of the tables can; taken back afterwards. */
async function tampered(statement: string, look: () => Promise<void>): Promise<void> {
  await owner.query("create table before as select * from audit_log");
  await owner.query("alter table audit_log disable trigger all");
  await owner.query(statement);
  await look();
  await owner.query("delete from audit_log");
  await owner.query("insert into audit_log select * from before order by seq");
  await owner.query("alter table audit_log enable trigger all");
  await owner.query("drop table before");
}

describe("anchors of the audit log", () => {
  it("a configuration that is new is an entry; the hourly job anchors it in both files, once", async () => {
    expect(await listAuditLog(app.db, { limit: 9 })).toMatchObject([
      { seq: 1, actor: "plumbline", action: "config.changed" },
    ]);
    await hourly();
    await hourly();
    expect([await numbers(FIRST), await numbers("second.jsonl")]).toEqual([[1], [1]]);
    await add("one");
    await hourly();
    expect([await numbers(FIRST), await numbers("second.jsonl")]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect((await checkLog(app)).verdict).toMatchObject({ fault: null, entries: 2, anchored: 4 });
  });

  it("a line that a crash cut short does not swallow the next one", async () => {
    await appendFile(at(FIRST), '{"seq":3,"ha');
    await add("two");
    await hourly();
    expect(await numbers(FIRST)).toEqual([1, 2, 3]);
    expect(await checkLog(app)).toMatchObject({ unreadableAnchors: 1, verdict: { fault: null } });
  });

  it("nothing is anchored on top of what was tampered with, and the job says so", async () => {
    const before = await readFile(at(FIRST), "utf8");
    await add("three");
    await add("four");
    for (const [statement, said] of [
      [
        "update audit_log set object = 'x' where seq = 4",
        /entry 4: what entry 4 says is not what was hashed/,
      ],
      ["delete from audit_log where seq = 4", /entry 4: entry 4 is missing/],
      ["delete from audit_log where seq > 2", /entry 3: the log ends with 2, but at .* it had 3 entries/],
      [
        "update audit_log set hash = repeat('a', 64) where seq = 3; delete from audit_log where seq > 3",
        /entry 3 is not the one that was anchored/,
      ],
    ] as const)
      await tampered(statement, async () => {
        await expect(anchorLog(app)).rejects.toThrow(said);
        await expect(hourly()).rejects.toThrow(/audit log: it was tampered with/);
        expect(await logItems(app)).toContainEqual(
          expect.objectContaining({ what: "audit log", state: "error" }),
        );
      });
    expect(await readFile(at(FIRST), "utf8")).toBe(before);
    await hourly();
    expect(await numbers(FIRST)).toEqual([1, 2, 3, 5]);
  });

  it("an end cut off is found by the other file when one was cut as well", async () => {
    await add("five");
    await hourly();
    await tampered("delete from audit_log where seq > 4", async () => {
      const kept = await readFile(at(FIRST), "utf8");
      await writeFile(at(FIRST), kept.split("\n").slice(0, 2).join("\n"));
      expect((await checkLog(app)).verdict.fault).toMatchObject({ seq: 5, what: "tail_cut" });
      await rename(at("second.jsonl"), at("away"));
      expect((await checkLog(app)).verdict.fault, "nobody can know").toBeNull();
      await rename(at("away"), at("second.jsonl"));
      await writeFile(at(FIRST), kept);
    });
  });

  it("doctor tells of anchors that are missing or late", async () => {
    const item = async () => (await logItems(app)).find((i) => i.what === "audit log");
    expect(await item()).toMatchObject({ state: "ok" });
    world.clock.add(3 * HOUR);
    expect(await item(), "nothing new since: nothing is late").toMatchObject({ state: "ok" });
    await add("six");
    expect(await item()).toMatchObject({
      state: "warning",
      text: expect.stringContaining("does `plumbline serve` run?"),
    });
    for (const name of [FIRST, "second.jsonl"]) await rename(at(name), at(`${name} away`));
    expect(await item()).toMatchObject({
      state: "warning",
      text: expect.stringContaining("not anchored yet"),
    });
    await hourly();
    expect(await item()).toMatchObject({ state: "ok" });
  });

  it("a file that cannot be written is an error of the job, and stops no work", async () => {
    await add("seven");
    const elsewhere: App = {
      ...app,
      config: { ...app.config, auditLog: { anchorFile: "nowhere/at/all.jsonl" } },
    };
    await expect(anchorLog(elsewhere)).rejects.toMatchObject({ kind: "not_allowed" });
    expect((await numbers(FIRST)).at(-1), "the first file has it").toBe(8);
  });
});
