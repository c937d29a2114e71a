import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSet } from "../../members/member-set.ts";
import { type CliWorld, makeCliWorld } from "./cli-world.ts";

let world: CliWorld;
const run = (...words: string[]) => world.run(words);
const ask = (day: string, ...more: string[]) =>
  world.json(["members", "active", "--system", "warehouse", "--at", day, ...more]);

/** Readings of the last days, the oldest first: the reading before becomes one of a day before. */
async function pastDays(n: number): Promise<string[]> {
  const days = Array.from({ length: n }, (_, i) => `2026-11-${String(10 + 2 * i).padStart(2, "0")}`);
  for (const [i, day] of days.entries()) {
    await world.warehouse.query(
      "update person set active = (substring(email from '[0-9]+')::int % 7 <> $1)",
      [i],
    );
    expect((await run("audit", "--scheduled")).code).toBeLessThan(5);
    await world.store.query("update snapshot set as_of = $1 where as_of > $2", [
      `${day}T08:00:00Z`,
      `${day}T08:00:00Z`,
    ]);
    // so that the fourth reading is one that stays for history
    if (i === 0) await world.store.query("update snapshot set ordinal = 60");
  }
  return days;
}
const thereOn = (i: number): number[] =>
  Array.from({ length: 60 }, (_, n) => n + 1).filter((n) => n % 7 !== i);

let days: string[] = [];
beforeAll(async () => {
  world = await makeCliWorld(60);
  await run("migrate");
  days = await pastDays(8);
});
afterAll(() => world.close());

describe("plumbline members", () => {
  it("counts who was in on each day, also where only a later set remembers it", async () => {
    const folder = join(world.dir, "data/sets/active@warehouse");
    const sets = (await readdir(folder)).filter((f) => f.endsWith(".pls")).sort();
    expect(sets).toEqual(["00000063.pls", "00000065.pls", "00000066.pls", "00000067.pls"]);
    const attributes = await Promise.all(
      sets.map(async (file) => {
        const set = await openSet(join(folder, file));
        await set.close();
        return set.attributes;
      }),
    );
    expect(attributes).toEqual([[], ["name"], ["name"], ["name"]]);
    for (const [i, day] of days.entries())
      expect((await ask(day)).value).toMatchObject({
        asOf: `${day}T08:00:00.000Z`,
        count: thereOn(i).length,
        has: null,
        cantTell: null,
      });
    expect((await run("members", "active", "--system", "warehouse", "--at", "2026-11-12")).out).toBe(
      `active in warehouse on 2026-11-12 (read 2026-11-12T08:00:00.000Z): ${thereOn(1).length} people\n`,
    );
  });

  it("tells whether one person was in, without repeating who", async () => {
    for (const [i, day] of days.entries()) {
      const said = await ask(day, "--has", "PERSON8@example.test");
      expect(said.value).toMatchObject({ has: i !== 1, count: null });
      expect(said.out.toLowerCase()).not.toContain("person8");
    }
    const said = await world.run(
      ["members", "active", "--system", "warehouse", "--at", "2026-11-10", "--has", "-", "--count"],
      { stdin: "person7@example.test\n" },
    );
    expect(said.out).toContain("no, this person was not in; 52 people");
    expect((await ask("2026-11-10", "--has", "nobody@example.test")).value).toMatchObject({ has: false });
  });

  it("writes the rows that are still sealed, and counts the others", async () => {
    await world.warehouse.query("delete from person where email = 'person6@example.test'");
    await run("audit", "--scheduled");
    const file = join(world.dir, "then.csv");
    const { value } = await ask("2026-11-10", "--out", "then.csv", "--as", "Ana");
    expect(value).toMatchObject({ count: 52, written: 51, gone: 1 });
    const lines = (await readFile(file, "utf8")).trimEnd().split("\r\n");
    expect(lines[0]).toBe("id,email,phone,customer_id,name,consent");
    const numbers = lines.slice(1).map((l) => Number(/person(\d+)@/.exec(l)?.[1]));
    expect(numbers.sort((a, b) => a - b)).toEqual(thereOn(0).filter((n) => n !== 6));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await run("audit-log", "list", "--object", "active")).out).toContain("members.exported");
    const again = await run(
      "members",
      "active",
      "--system",
      "warehouse",
      "--at",
      "2026-11-10",
      "--out",
      "then.csv",
    );
    expect(again.err).toContain("is there already");
    expect(
      await run(
        "members",
        "active",
        "--system",
        "warehouse",
        "--at",
        "2026-11-10",
        "--out",
        "x.csv",
        "--as",
        "Vera",
      ),
    ).toMatchObject({ code: 6 });
  });

  it("can’t tell without a reading of that day, or without a set that remembers it, and says why", async () => {
    const between = await ask("2026-11-11");
    expect(between).toMatchObject({ code: 7 });
    expect(between.value).toMatchObject({ count: null, asOf: null });
    expect(between.value.cantTell).toContain(
      "the nearest are of 2026-11-10T08:00:00.000Z and 2026-11-12T08:00:00.000Z",
    );
    expect((await ask("2020-01-01")).value.cantTell).toContain("the nearest is of 2026-11-10");
    await rm(join(world.dir, "data/sets/active@warehouse"), { recursive: true });
    const lost = await run("members", "active", "--system", "warehouse", "--at", "2026-11-12");
    expect(lost).toMatchObject({ code: 7 });
    expect(lost.out).toMatch(/^Can’t tell: the set of that day’s reading is not kept any more/);
  });

  it("wrong days, audiences and systems each say what would be right", async () => {
    expect((await run("members", "active", "--system", "warehouse", "--at", "2026-02-30")).err).toContain(
      "2026-11-20",
    );
    expect((await run("members", "nobody", "--system", "warehouse", "--at", "2026-11-10")).err).toContain(
      "do_not_contact, active",
    );
    expect((await run("members", "active", "--system", "crm", "--at", "2026-11-10")).err).toContain(
      "warehouse, ghost",
    );
  });
});
