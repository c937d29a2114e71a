import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Instant } from "../core/model.ts";
import { openAgreed } from "./agreed-file.ts";
import { openSet } from "./member-set.ts";
import { encodeEnd, type Place, type SetHead, START_BYTES, TRAILER_BYTES } from "./set-file.ts";
import { parseHead } from "./set-head.ts";
import { SetWriter } from "./set-writer.ts";

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
    path = join(folder, "0.pls");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function written(magic?: number): Promise<Buffer> {
    const writer = await SetWriter.create(path, magic === undefined ? {} : { magic });
    const none = new Uint32Array(0);
    for (let p = 0; p < 256; p++)
      await writer.write({ n: 0, keys: none, presence: none, prints: [none], consent: new Uint8Array(0) });
    await writer.commit(head);
    return readFileSync(path);
  }

  test("a partition that begins between two parts", async () => {
    const file = await written();
    const end = file.length - TRAILER_BYTES;
    const offset = file.readUInt32LE(end);
    const places = Array.from(
      { length: 256 },
      (): Place => ({ offset: START_BYTES, rows: 0, crcs: [0, 0, 0, 0] }),
    );
    places[3] = { ...(places[3] as Place), offset: START_BYTES + 3 };
    const start = Buffer.concat([file.subarray(0, START_BYTES), Buffer.alloc(8)]);
    writeFileSync(path, Buffer.concat([start, ...encodeEnd(head, places, offset + 8)]));
    await expect(openSet(path)).rejects.toMatchObject({ kind: "bad_data", where: path });
  });

  test("a head that is none", async () => {
    await written();
    const changed = { ...head, attributes: "plan" };
    const places = Array.from(
      { length: 256 },
      (): Place => ({ offset: START_BYTES, rows: 0, crcs: [0, 0, 0, 0] }),
    );
    const start = readFileSync(path).subarray(0, START_BYTES);
    writeFileSync(path, Buffer.concat([start, ...encodeEnd(changed as never, places, START_BYTES)]));
    await expect(openSet(path)).rejects.toThrow("its head is not that of a set");
  });

  test("an agreement without its copies", async () => {
    const file = await written(0x31414c50);
    const places = Array.from(
      { length: 256 },
      (): Place => ({ offset: START_BYTES, rows: 0, crcs: [0, 0, 0, 0] }),
    );
    const agreed = { ...head, owner: "a", runId: "r", copies: [null], fields: [] };
    writeFileSync(
      path,
      Buffer.concat([file.subarray(0, START_BYTES), ...encodeEnd(agreed, places, START_BYTES, 0x31414c50)]),
    );
    await expect(openAgreed(path)).rejects.toThrow("does not say what was agreed");
  });
});
