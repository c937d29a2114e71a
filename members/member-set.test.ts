import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuditorError } from "../core/errors.ts";
import type { Instant, MemberRow } from "../core/model.ts";
import { AtomicFile } from "./atomic-file.ts";
import { deriveKeys } from "./keys.ts";
import { openSet } from "./member-set.ts";
import { personKeyOf } from "./person-key.ts";
import { SetBuilder } from "./set-builder.ts";
import type { SetOptions } from "./set-terms.ts";
import { openSpool } from "./spool.ts";
import { sweepOrphans } from "./sweep.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-sets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keys = deriveKeys(Buffer.alloc(32, 3));
const AS_OF = "2026-11-23T06:00:00.000Z" as Instant;
const options: SetOptions = {
  identity: "email",
  attributes: ["plan"],
  rules: {},
  keys,
  epoch: 1,
  spool: true,
};
const row = (i: number): MemberRow => ({
  id: `r${i}`,
  identifiers: { email: `Person${i}@example.com` },
  attributes: { plan: `plan-${i % 3}`, secret: "not tracked" },
  consent: "subscribed",
  mailable: true,
  of: [0],
});

async function write(n: number, more: Partial<SetOptions> = {}) {
  const builder = new SetBuilder({ ...options, ...more });
  for (let i = 0; i < n; i++) builder.add(row(i));
  const file = join(folder, "a", "1.pls");
  const spoolFile = join(folder, "a", "1.spool");
  const summary = await builder.finish({ file, spoolFile, previous: null, asOf: AS_OF, ordinal: 1 });
  return { file, spoolFile, summary };
}

/** Reads all of a set and says which error it ends with. */
async function readError(path: string): Promise<string> {
  try {
    const set = await openSet(path);
    try {
      for (let p = 0; p < set.partitions; p++) await set.load(p);
    } finally {
      await set.close();
    }
  } catch (e) {
    if (e instanceof AuditorError) return e.kind;
    throw e;
  }
  return "none";
}

describe("the set file", () => {
  test("says what it is, and only its owner may read it", async () => {
    const { file, summary } = await write(500);
    const set = await openSet(file);
    expect(set).toMatchObject({
      size: 500,
      partitions: 256,
      finest: 256,
      attributes: ["plan"],
      identity: "email",
      asOf: AS_OF,
      ordinal: 1,
      epoch: 1,
      reads: 1,
    });
    await set.close();
    expect(summary.bytes).toBe(statSync(file).size);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "a")).sort()).toEqual(["1.pls", "1.spool"]);
  });

  test("a set larger than memory wants is read partition by partition", async () => {
    const { file } = await write(180_000);
    expect(statSync(file).size).toBeGreaterThan(4 << 20);
    expect(await readError(file)).toBe("none");
    const bytes = readFileSync(file);
    bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 4;
    writeFileSync(file, bytes);
    expect(await readError(file)).toBe("bad_data");
  }, 30_000);

  test.each([500, 180_000])(
    "the body of a partition of %i people comes as the file has it",
    async (n) => {
      const { file } = await write(n);
      const set = await openSet(file);
      for (const p of [0, 7, 255]) {
        const length = set.bodyBytes(p);
        const target = new Uint8Array(length + 8).fill(0xee);
        const rows = await set.bodyInto(p, target);
        const part = await set.load(p);
        expect(rows).toBe(part.n);
        const words = new Uint32Array(target.buffer, 0, length / 4);
        expect(words.subarray(0, 4 * rows)).toEqual(part.keys);
        expect(words.subarray(4 * rows, 6 * rows)).toEqual(part.presence);
        expect(words.subarray(6 * rows, 7 * rows)).toEqual(part.prints[0]);
        expect(target.subarray(28 * rows, 29 * rows)).toEqual(part.consent);
        expect([...target.subarray(length)]).toEqual(Array(8).fill(0xee));
        if (rows > 0) await expect(set.bodyInto(p, target.subarray(9))).rejects.toThrow(RangeError);
      }
      await set.close();
      expect(() => set.bodyBytes(256)).toThrow("partition 256 of 256, in a file of 256");
    },
    30_000,
  );

  test("every cut is noticed", async () => {
    const { file } = await write(40);
    const bytes = readFileSync(file);
    for (let length = 0; length < bytes.length; length += 97) {
      writeFileSync(file, bytes.subarray(0, length));
      expect(await readError(file), `${length} bytes`).toBe("bad_data");
    }
  });

  test("every flipped byte is noticed", async () => {
    const { file } = await write(40);
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at += 41) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      writeFileSync(file, changed);
      expect(await readError(file), `byte ${at} of ${bytes.length}`).toBe("bad_data");
    }
  });

  test("holds no raw value", async () => {
    const { file, spoolFile } = await write(40);
    for (const path of [file, spoolFile]) {
      const text = readFileSync(path).toString("latin1").toLowerCase();
      expect(text).not.toContain("person");
      expect(text).not.toContain("example.com");
      expect(text).not.toContain("plan-1");
    }
  });

  test("a missing set, another version, and a file of another kind each say so", async () => {
    await expect(openSet(join(folder, "no.pls"))).rejects.toThrow(/missing/);
    const { file } = await write(3);
    const bytes = readFileSync(file);
    bytes[4] = 9;
    writeFileSync(file, bytes);
    await expect(openSet(file)).rejects.toThrow(/format 9, this program reads 3/);
    writeFileSync(file, "email,plan\n".repeat(20));
    await expect(openSet(file)).rejects.toThrow(/not a member set/);
  });

  test("another key epoch or identity is never merged", async () => {
    const { file } = await write(3);
    const previous = await openSet(file);
    for (const more of [{ epoch: 2 }, { identity: "phone" as const }]) {
      const builder = new SetBuilder({ ...options, ...more });
      const target = join(folder, "2.pls");
      await expect(
        builder.finish({ file: target, spoolFile: null, previous, asOf: AS_OF, ordinal: 2 }),
      ).rejects.toThrow(/start a new history/);
      expect(readdirSync(folder)).toEqual(["a"]);
    }
  });
});

describe("writing", () => {
  test("nothing is visible before the commit, and nothing is left after an abort", async () => {
    const path = join(folder, "x.pls");
    const file = await AtomicFile.create(path);
    await file.write(Buffer.alloc(3 << 20, 1));
    expect(readdirSync(folder)).toEqual([`x.pls.${process.pid}.tmp`]);
    await file.abort();
    expect(readdirSync(folder)).toEqual([]);
    const again = await AtomicFile.create(path);
    await again.write(Buffer.from("whole"));
    await again.commit();
    expect(readdirSync(folder)).toEqual(["x.pls"]);
    expect(readFileSync(path, "utf8")).toBe("whole");
  });

  test("a set that cannot be written leaves neither set nor spool", async () => {
    const builder = new SetBuilder(options);
    builder.add(row(1));
    const broken = {
      ...(await openSet((await write(5)).file)),
      load: () => Promise.reject(new Error("disk gone")),
    };
    await expect(
      builder.finish({
        file: join(folder, "b.pls"),
        spoolFile: join(folder, "b.spool"),
        previous: broken,
        asOf: AS_OF,
        ordinal: 2,
      }),
    ).rejects.toMatchObject({ kind: "permanent" });
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});

describe("the spool", () => {
  const person = (i: number) => personKeyOf(keys, "email", `person${i}@example.com`);

  test("names people, keeps the tracked attributes only", async () => {
    const { spoolFile } = await write(500);
    const spool = await openSpool(spoolFile, keys);
    const found = await spool.lookup([person(7), person(499), person(500)]);
    await spool.close();
    expect([...found.keys()].sort()).toEqual([person(7), person(499)].sort());
    expect(found.get(person(7))).toEqual({
      id: "r7",
      identifiers: { email: "Person7@example.com" },
      attributes: { plan: "plan-1" },
      consent: "subscribed",
      consentAt: null,
      updatedAt: null,
      method: null,
    });
  });

  test("keeps how the consent that counts was given, of several records the strictest's", async () => {
    const builder = new SetBuilder(options);
    const yes = { channel: "email", scope: "list", scopeId: "1", state: "subscribed" } as const;
    const at = (hour: string) => `2026-11-20T${hour}:00:00.000Z` as Instant;
    const consents = [
      { ...yes, at: at("07"), method: "IMPORT" },
      { ...yes, at: at("08"), method: 'Form "A"' },
      { ...yes, channel: "sms" as const, at: at("08"), method: "KEYWORD" },
    ];
    builder.add({ ...row(1), consentAt: at("08"), consents });
    builder.add({ ...row(2), consents: [{ ...yes, at: null, method: null }] });
    const no = { ...yes, state: "unsubscribed", at: at("09"), method: "PREFERENCE_PAGE" } as const;
    builder.add({ ...row(3), updatedAt: at("12"), consents });
    builder.add({ ...row(3), consent: "unsubscribed", consentAt: at("09"), consents: [no] });
    const spoolFile = join(folder, "m.spool");
    await builder.finish({ file: join(folder, "m.pls"), spoolFile, previous: null, asOf: AS_OF, ordinal: 0 });
    const spool = await openSpool(spoolFile, keys);
    const found = await spool.lookup([1, 2, 3].map(person));
    await spool.close();
    expect([1, 2, 3].map((i) => found.get(person(i))?.method)).toEqual(['Form "A"', null, "PREFERENCE_PAGE"]);
    expect(found.get(person(3))).toMatchObject({ consent: "unsubscribed", consentAt: at("09") });
  });

  test("hostile values come back as they were", async () => {
    const builder = new SetBuilder({ ...options, attributes: ["plan", "__proto__"] });
    const plan = '=cmd|\u202e"\\\u0000<script>\ud83d\ude00\n';
    const attributes = JSON.parse(
      JSON.stringify({ plan }).replace("{", '{"__proto__":"polluted",'),
    ) as Record<string, string>;
    builder.add({ ...row(1), id: '"],[', attributes });
    const spoolFile = join(folder, "h.spool");
    await builder.finish({ file: join(folder, "h.pls"), spoolFile, previous: null, asOf: AS_OF, ordinal: 0 });
    const spool = await openSpool(spoolFile, keys);
    const found = (await spool.lookup([person(1)])).get(person(1));
    await spool.close();
    expect(found?.id).toBe('"],[');
    expect(found?.attributes.plan).toBe(plan);
    expect(Object.hasOwn(found?.attributes ?? {}, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("a changed, cut or foreign spool opens nothing", async () => {
    const { spoolFile } = await write(30);
    const everyone = Array.from({ length: 30 }, (_, i) => person(i));
    const bytes = readFileSync(spoolFile);
    const tryRead = async (k = keys): Promise<string> => {
      try {
        const spool = await openSpool(spoolFile, k);
        try {
          await spool.lookup(everyone);
        } finally {
          await spool.close();
        }
        return "none";
      } catch (e) {
        return e instanceof AuditorError ? e.kind : String(e);
      }
    };
    expect(await tryRead()).toBe("none");
    expect(await tryRead(deriveKeys(Buffer.alloc(32, 4)))).toBe("bad_data");
    for (let at = 0; at < bytes.length; at += 31) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(spoolFile, changed);
      expect(await tryRead(), `byte ${at} of ${bytes.length}`).toBe("bad_data");
    }
    writeFileSync(spoolFile, bytes.subarray(0, bytes.length - 1));
    expect(await tryRead()).toBe("bad_data");
    rmSync(spoolFile);
    expect(await tryRead()).toBe("not_found");
  });
});

test("sweeping removes what no snapshot knows, and nothing else", async () => {
  const { file } = await write(3);
  const orphan = join(folder, "a", "2.pls");
  for (const name of ["2.pls", "2.spool", "3.pls.99.tmp", "notes.txt"])
    writeFileSync(join(folder, "a", name), "x");
  const yesterday = new Date(statSync(file).mtimeMs - 86_400_000);
  expect(await sweepOrphans(folder, new Set(["a/1.pls"]), yesterday)).toEqual([]);
  utimesSync(orphan, yesterday, yesterday);
  expect(await sweepOrphans(folder, new Set(["a/1.pls"]), new Date(yesterday.getTime() + 1000))).toEqual([
    join("a", "2.pls"),
  ]);
  expect(await sweepOrphans(folder, new Set([`${folder.split("/").at(-1)}/a/1.pls`]))).toEqual([
    join("a", "2.spool"),
    join("a", "3.pls.99.tmp"),
  ]);
  expect(readdirSync(join(folder, "a")).sort()).toEqual(["1.pls", "1.spool", "notes.txt"]);
  expect(await sweepOrphans(join(folder, "never"), new Set())).toEqual([]);
});

test("values of an enumerated attribute are counted by name: listed ones always, others from five records on", async () => {
  const builder = new SetBuilder({
    ...options,
    attributes: ["plan", "note"],
    rules: { plan: { values: ["pro", "free"], pattern: null } },
    spool: false,
    records: true,
    enumerated: ["plan"],
  });
  const many = (n: number, value: string): string[] => Array.from({ length: n }, () => value);
  const values = [
    ...many(6, "pro "),
    ...many(6, "gold"),
    ...many(4, "mine"),
    "free",
    null,
    "",
    ...many(9, "x".repeat(41)),
  ];
  for (const [i, plan] of values.entries()) builder.add({ ...row(i), attributes: { plan, note: "secret" } });
  const file = join(folder, "v", "1.pls");
  const summary = await builder.finish({ file, spoolFile: null, previous: null, asOf: AS_OF, ordinal: 1 });
  expect(summary.values).toEqual({ plan: { gold: 6, pro: 6, free: 1 } });
  // The record's own id is a column of the set, and no attribute.
  expect(Object.keys(summary.attributes)).toEqual(["plan", "note"]);
  expect((await openSet(file)).attributes).toEqual(["plan", "note", "#record"]);
});
