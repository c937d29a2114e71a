import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Instant } from "../core/model.ts";
import { partsOf, signed, withHead } from "../test/fuzz/set-parts.ts";
import { someAgreed } from "../test/fuzz/stored-files.ts";
import { build, row } from "../test/property/members-build.ts";
import { openAgreed } from "./agreed-file.ts";
import { openSet } from "./member-set.ts";
import type { SetHead } from "./set-file.ts";
import { parseHead } from "./set-head.ts";

const head: SetHead = {
  identity: "email",
  attributes: ["plan"],
  asOf: "2026-11-23T06:00:00.000Z" as Instant,
  ordinal: null,
  epoch: 1,
  size: 0,
  reads: 1,
};
const parsed = (value: unknown): SetHead | null => parseHead(new TextEncoder().encode(JSON.stringify(value)));

test("the head of a set is what it has to be, and may have more", () => {
  expect(parsed(head)).toEqual(head);
  expect(parsed({ ...head, owner: "crm" })).toMatchObject({ owner: "crm" });
});

test.each([
  ["nothing", null],
  ["a list", []],
  ["no attributes", { ...head, attributes: undefined }],
  ["attributes that only have a length", { ...head, attributes: { length: 1e9 } }],
  ["attributes that are no texts", { ...head, attributes: ["plan", null] }],
  ["another identity", { ...head, identity: "constructor" }],
  ["no time", { ...head, asOf: "yesterday" }],
  ["half a person", { ...head, size: 0.5 }],
  ["more readings than bits", { ...head, reads: 65 }],
  ["no reading", { ...head, reads: 0 }],
])("is none: %s", (_, value) => {
  expect(parsed(value)).toBeNull();
});

test("is none: bytes", () => {
  expect(parseHead(Uint8Array.of(123, 200, 0))).toBeNull();
});

describe("a file with right checksums that says what cannot be", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "plumbline-head-"));
    path = join(folder, "read.pls");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const headOf = (file: Buffer): object => {
    const { json, trailer } = partsOf(file);
    return JSON.parse(file.toString("utf8", json, trailer)) as object;
  };
  const says = (file: Buffer, changed: object): Buffer =>
    withHead(file, Buffer.from(JSON.stringify({ ...headOf(file), ...changed })));

  async function set(): Promise<Buffer> {
    const built = await build(folder, [row("ann@example.com")], { attributes: ["plan"] });
    await built.set.close();
    return readFileSync(built.file);
  }

  test("a partition that begins between two parts", async () => {
    const file = await set();
    const { directory, entry } = partsOf(file);
    const at = directory + 3 * entry;
    file.writeUInt32LE(file.readUInt32LE(at) + 3, at);
    writeFileSync(path, signed(file, directory));
    await expect(openSet(path)).rejects.toMatchObject({ kind: "bad_data", where: path });
  });

  test.each([
    ["attributes that are none", { attributes: "plan" }],
    ["another identity", { identity: "name" }],
  ])("a head with %s", async (_, changed) => {
    writeFileSync(path, says(await set(), changed));
    await expect(openSet(path)).rejects.toMatchObject({ kind: "bad_data", where: path });
  });

  test.each([
    ["copies that are none", { copies: [null] }],
    ["a copy of no time", { copies: [{ system: "b", asOf: "soon" }] }],
    ["fields that are none", { fields: { length: 1 } }],
  ])("an agreement with %s", async (_, changed) => {
    writeFileSync(path, says(await someAgreed(folder), changed));
    await expect(openAgreed(path)).rejects.toMatchObject({ kind: "bad_data", where: path });
  });
});
