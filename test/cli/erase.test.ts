import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonKey } from "../../core/model.ts";
import { deriveKeys, type Keys } from "../../members/keys.ts";
import { personKeyOf, wordsOfHex } from "../../members/person-key.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { openSpool } from "../../members/spool.ts";
import { type CliWorld, makeCliWorld } from "./cli-world.ts";

const DIST = fileURLToPath(new URL("../../dist/app/cli/main.js", import.meta.url));
const VICTIM = "person7@example.test";
let keys: Keys;
let key: PersonKey;
const ben = ["--as", "Ben"];
const ana = ["--as", "Ana"];

let world: CliWorld;
const run = (...words: string[]) => world.run(words);

async function plan(...words: string[]): Promise<{ id: number; confirm: string }> {
  const drafted = await world.json(["plan", ...words, ...ana]);
  const value = drafted.value as { plan: { id: number }; confirmText: string };
  return { id: value.plan.id, confirm: value.confirmText };
}

async function carryOut(p: { id: number; confirm: string }): Promise<void> {
  expect(await run("approve", `PL-${p.id}`, "--confirm", p.confirm, ...ana)).toMatchObject({ code: 0 });
  expect(await run("apply", `PL-${p.id}`, "--execute", ...ana)).toMatchObject({ code: 0 });
}

/** Tables and rows in which the person stands, by key or in plain words. */
async function inDatabase(person: PersonKey, address: string): Promise<string[]> {
  const { rows: tables } = await world.store.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await world.store.query<{ row: string }>(`select t::text as row from "${name}" as t`);
    if (rows.some(({ row }) => row.includes(person) || row.toLowerCase().includes(address))) found.push(name);
  }
  return found.sort();
}

/** Files in which the person stands: by key as a set keeps it, sealed, or in plain words. */
async function inFiles(person: PersonKey, address: string): Promise<string[]> {
  const words = Buffer.from(wordsOfHex(person).buffer);
  const found: string[] = [];
  for (const entry of await readdir(join(world.dir, "data"), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const plain = bytes.toString("latin1").toLowerCase();
    const sealed = path.endsWith(".spool") && (await inSpool(path, person, address));
    if (sealed || bytes.includes(words) || plain.includes(person) || plain.includes(address))
      found.push(path.slice(join(world.dir, "data").length + 1));
  }
  return found.sort();
}

async function inSpool(path: string, person: PersonKey, address: string): Promise<boolean> {
  const spool = await openSpool(path, keys);
  try {
    if ((await spool.lookup([person])).size > 0) return true;
    for (let p = 0; p < PARTITIONS; p++)
      if (spool.rows(p).texts.some((text) => String(text).toLowerCase().includes(address))) return true;
    return false;
  } finally {
    await spool.close();
  }
}

beforeAll(async () => {
  world = await makeCliWorld(60, "lesser");
  await run("migrate");
  await run("audit", "--scheduled");
  await run("audit", "--scheduled");
  keys = deriveKeys(Buffer.from((await readFile(join(world.dir, "data/secret"), "utf8")).trim()));
  key = personKeyOf(keys, "email", VICTIM);
  expect(await run("accept", "all", ...ben)).toMatchObject({ code: 0 });
  await world.warehouse.query("update person set active = false where email = any($1)", [
    [VICTIM, "person8@example.test"],
  ]);
  await run("audit", "--scheduled");
  await run("audit", "--scheduled");
});
afterAll(() => world.close());

describe("plumbline erase", () => {
  it("is for admins, and for what names somebody", async () => {
    expect(await run("erase", VICTIM, ...ana)).toMatchObject({ code: 6 });
    const nobody = await run("erase", "", ...ben);
    expect(nobody.code).not.toBe(0);
    expect(await world.run(["erase", "-", ...ben], { stdin: "" })).toMatchObject({ code: 1 });
    const wrong = await run("erase", "no-address", "--kind", "email", ...ben);
    expect(wrong.code).toBe(1);
    expect(wrong.err).not.toContain("no-address");
  });

  it("waits for readings, and for plans that are being carried out with this person", async () => {
    const done = await plan("active");
    await world.store.query(
      "insert into run (id, kind, trigger, started_at) values ('r-now', 'audit', 'manual', now())",
    );
    const reading = await run("erase", VICTIM, ...ben);
    expect(reading).toMatchObject({ code: 4 });
    expect(reading.err).toContain("r-now is reading");
    await world.store.query(
      "update run set state = 'done', ended_at = now(), started_at = started_at - interval '1 h' where id = 'r-now'",
    );

    await world.store.query("update plan set state = 'applying' where id = $1", [done.id]);
    const applying = await run("erase", VICTIM, ...ben);
    expect(applying).toMatchObject({ code: 4 });
    expect(applying.err).toContain(`PL-${done.id}`);
    await world.store.query("update plan set state = 'checked' where id = $1", [done.id]);
    expect(await inDatabase(key, VICTIM), "refused as a whole").toContain("change");
    await carryOut(done);
  });

  it("leaves nothing of the person in any file or table, and everybody else as they were", async () => {
    // one plan that is not carried out, one in which the person is left out, one member in the audit log
    const undo = await world.json(["undo", `PL-${(await lastPlan()).id}`, ...ana]);
    expect(undo.code).toBeLessThan(5);
    const before = await lastPlan();
    await world.store.query(
      "update plan set doc = jsonb_set(doc::jsonb, '{leftOut}', $2::jsonb)::json where id = $1",
      [
        before.id,
        JSON.stringify([{ system: "ghost", audience: "active", person: key, reason: "x", sealed: "s" }]),
      ],
    );
    await world.store.query(
      "insert into person_ref (ref, kind, known_as, salt, sealed, created_at) values ('person:1', 'member', $1, 's', 'sealed', now())",
      [key],
    );
    const others = await run("plan", "--list");
    expect(await inDatabase(key, VICTIM)).toEqual(expect.arrayContaining(["change", "person_ref", "plan"]));
    const files = await inFiles(key, VICTIM);
    expect(files.filter((f) => f.endsWith(".pls") && f.includes("_agreed@"))).not.toEqual([]);
    expect(files.filter((f) => f.includes("_base@warehouse"))).not.toEqual([]);
    expect(files.some((f) => f.endsWith(".spool"))).toBe(true);
    const other = personKeyOf(keys, "email", "person9@example.test");
    const ofOthers = await inFiles(other, "person9@example.test");
    await writeFile(join(world.dir, "data/sets/_base@warehouse/00000009.pls.1.tmp"), VICTIM);

    const erased = await world.run(["erase", "-", ...ben], { stdin: "  Person7@Example.TEST \nmore\n" });
    expect(erased).toMatchObject({ code: 0 });
    expect(`${erased.out}${erased.err}`.toLowerCase()).not.toContain("person7");
    expect(erased.out).toMatch(
      /Erased from \d+ sets, \d agreed states?, \d files? of sealed rows, \d changes? of plans/,
    );
    expect(erased.out).toContain("1 place among those left out, and 1 reference of the audit log");
    expect(erased.out).toContain(`stale now: PL-${before.id}`);

    expect(await inDatabase(key, VICTIM)).toEqual([]);
    expect(await inFiles(key, VICTIM)).toEqual([]);
    expect(await inFiles(other, "person9@example.test"), "the others’ files").toEqual(ofOthers);
    expect((await run("plan", "--list")).out.split("\n")).toHaveLength(others.out.split("\n").length);
    expect(await run("audit-log", "verify")).toMatchObject({ code: 0 });
    expect((await run("audit-log", "list", "--object", "person")).out).toContain("person.erased");
  });

  it("plans still open, and none of them can be approved with what was taken out", async () => {
    const { rows } = await world.store.query<{ id: number; state: string }>(
      "select id, state from plan order by id",
    );
    for (const { id, state } of rows) {
      const shown = await run("plan", `PL-${id}`, ...ana);
      expect(shown.err, `PL-${id} ${state}`).not.toMatch(/internal|sealed/);
      expect(shown.out).toContain(`PL-${id}`);
      const csv = await run("plan", `PL-${id}`, "--csv", ...ana);
      expect(csv, csv.err).toMatchObject({ code: 0 });
      expect(csv.out.toLowerCase()).not.toContain(VICTIM);
    }
    const stale = rows.find((r) => r.state === "stale");
    expect(await run("approve", `PL-${stale?.id}`, "--confirm", "yes", ...ana)).not.toMatchObject({
      code: 0,
    });
  });

  it("again finds nothing; the next reading brings back whom a system still has", async () => {
    const again = await world.json(["erase", VICTIM, ...ben]);
    expect(again.value).toMatchObject({
      sets: 0,
      agreed: 0,
      spools: 0,
      changes: 0,
      leftOut: 0,
      references: 0,
    });
    await run("audit", "--scheduled");
    expect((await inFiles(key, VICTIM)).length, "still in the systems").toBeGreaterThan(0);
    await world.warehouse.query("delete from person where email = $1", [VICTIM]);
    world.ghost.control.unload([VICTIM]);
    expect((await run("erase", VICTIM, ...ben)).code).toBe(0);
    await run("audit", "--scheduled");
    expect(await inFiles(key, VICTIM)).toEqual([]);
  });

  it("is finished by the same command after a kill in its middle", async () => {
    const person = personKeyOf(keys, "email", "person12@example.test");
    const killed = spawnSync(process.execPath, [DIST, "erase", "-", ...ben], {
      cwd: world.dir,
      env: { PATH: process.env.PATH, ...world.env, PLUMBLINE_FAILPOINT: "erase.sets" },
      input: "person12@example.test",
    });
    expect(killed.signal).toBe("SIGKILL");
    expect((await inFiles(person, "person12@example.test")).every((f) => f.endsWith(".spool"))).toBe(true);
    expect(await inFiles(person, "person12@example.test")).not.toEqual([]);
    expect(await run("erase", "person12@example.test", ...ben)).toMatchObject({ code: 0 });
    expect(await inFiles(person, "person12@example.test")).toEqual([]);
  });

  it("says which files it could not search", async () => {
    const folder = join(world.dir, "data/sets/_base@warehouse");
    const spool = join(folder, (await readdir(folder)).find((f) => f.endsWith(".spool")) ?? "");
    const bytes = await readFile(spool);
    await writeFile(spool, bytes.subarray(0, bytes.length - 5));
    const partial = await run("erase", "person11@example.test", ...ben);
    expect(partial).toMatchObject({ code: 3 });
    expect(partial.out).toContain("Not searched: 1 file, damaged");
  });
});

async function lastPlan(): Promise<{ id: number }> {
  const { rows } = await world.store.query<{ id: number }>("select max(id) as id from plan");
  return rows[0] as { id: number };
}
