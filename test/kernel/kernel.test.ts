import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileKernel, startKernel } from "../../members/kernel/instance.ts";
import { MergePeople } from "../../members/kernel/merge-people.ts";
import { deriveKeys } from "../../members/keys.ts";
import type { Partition } from "../../members/member-set.ts";
import { sipHash128, sipKey } from "../../members/siphash.ts";
import { sectionsOf } from "./wasm-sections.ts";

const KERNELS = new URL("../../dist/members/kernel/", import.meta.url);
const module = compileKernel(new URL("kernel.wasm", KERNELS));
if (module === null) throw new Error("this test runs the built kernel: npm run build");
/** Bytes 00…0f, as the official vectors take. */
const official = Uint8Array.from({ length: 16 }, (_, i) => i);
const keys = { ...deriveKeys(Buffer.alloc(32, 1)), identity: official };

describe("the module", () => {
  it.each(["kernel.wasm", "kernel-shared.wasm"])(
    "%s has no data of its own: a second instance on one memory would write it again",
    (name) => {
      const sections = sectionsOf(readFileSync(new URL(name, KERNELS)));
      expect(sections).toContain(10); // code
      expect(sections).not.toContain(11); // data
    },
  );

  it("is not there: the reference does everything", () => {
    expect(compileKernel("/nowhere/kernel.wasm")).toBeNull();
  });
});

describe("SipHash-2-4-128", () => {
  const kernel = startKernel(module, keys, "email");
  const hash = (message: Uint8Array): string => {
    new Uint8Array(kernel.memory.buffer).set(message, 4096);
    kernel.exports.sip(4096, message.length, 1);
    const hex = (g: { value: unknown }): string =>
      BigInt.asUintN(64, g.value as bigint)
        .toString(16)
        .padStart(16, "0");
    return hex(kernel.exports.high) + hex(kernel.exports.low);
  };

  // The first and the last of vectors_sip128 in https://github.com/veorq/SipHash
  it.each([
    [0, "a3817f04ba25a8e66df67214c7550293"],
    [1, "da87c1d86b99af44347659119b22fc45"],
    [15, "5493e99933b0a8117e08ec0f97cfc3d9"],
    [63, "5150d1772f50834a503e069a973fbd7c"],
  ])("official vector of %i bytes", (n, expected) => {
    expect(hash(Uint8Array.from({ length: n }, (_, i) => i))).toBe(expected);
  });

  it("agrees with the reference for every length", () => {
    const out = new Uint32Array(4);
    for (let n = 0; n < 200; n++) {
      const message = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
      sipHash128(sipKey(official), message, n, out, 0);
      expect(hash(message)).toBe([...out].map((w) => w.toString(16).padStart(8, "0")).join(""));
    }
  });
});

describe("text that the kernel takes for NFC without looking it up", () => {
  const known = [...Array(0x480).keys()].filter((c) => (c >= 0xc0 && c < 0x300) || c >= 0x400);
  it("is in NFC, each letter alone and behind each other one, and is no white space", () => {
    const all = String.fromCodePoint(...known);
    expect(all.normalize("NFC")).toBe(all);
    for (const c of known) {
      const pairs = known.map((d) => String.fromCodePoint(d, c)).join("");
      expect(pairs.normalize("NFC")).toBe(pairs);
    }
    expect(all.replaceAll(/\s/gu, "")).toBe(all);
  });
  it("a capital of U+00C0 to U+00DE and its small letter differ in one bit of their second byte", () => {
    for (let c = 0xc0; c < 0x100; c++) {
      if (c === 0xd7 || c === 0xf7) continue; // × and ÷
      const folded = c < 0xdf ? c + 32 : c;
      expect(String.fromCodePoint(c).toLowerCase()).toBe(String.fromCodePoint(folded));
    }
  });
});

describe("merge", () => {
  const set = (rows: readonly (readonly [number, number, number])[]): Partition => ({
    n: rows.length,
    keys: Uint32Array.from(rows.flatMap(([high, low]) => [0, high, 0, low])),
    presence: Uint32Array.from(rows.flatMap(() => [1, 0])),
    prints: [Uint32Array.from(rows.map((r) => r[2]))],
    consent: new Uint8Array(rows.length),
  });
  it("tells keys apart that differ in their last word only, and values by the owner's", () => {
    const merge = new MergePeople(module, keys, "email", 3, 1, 1);
    merge.add([
      set([
        [1, 1, 7],
        [1, 2, 1],
        [2, 1, 5],
      ]),
      set([
        [1, 2, 1],
        [2, 1, 6],
        [3, 1, 9],
      ]),
      set([
        [1, 1, 7],
        [2, 1, 1],
        [3, 1, 9],
      ]),
    ]);
    const { masks, agreement } = merge.result();
    expect([...masks]).toEqual([
      [3, 1],
      [5, 1],
      [6, 1],
      [7, 1],
    ]);
    expect(agreement[0]?.[0]).toEqual({ equal: 0, differ: 1, nullHere: 0, nullAtOwner: 0, nullBoth: 1 });
    expect(agreement[2]?.[0]).toEqual({ equal: 1, differ: 0, nullHere: 1, nullAtOwner: 0, nullBoth: 0 });
  });

  it("counts masks of many sets, also more than a table of them holds", () => {
    const [sets, people] = [30, 52_000];
    const merge = new MergePeople(module, keys, "email", sets, 29, 0);
    const wanted = new Map<number, number>();
    for (let p = 0; p < 2; p++) {
      const keysOf: number[][] = Array.from({ length: sets }, () => []);
      for (let i = 1; i <= people; i += p === 0 ? 1 : 20) {
        // the second partition has masks of the first, and one that most have
        const mask = p === 1 && i % 3 > 0 ? 2 ** 29 + 1 : 2 ** 29 + i;
        wanted.set(mask, (wanted.get(mask) ?? 0) + 1);
        for (let s = 0; s < sets; s++) if ((mask >> s) & 1) keysOf[s]?.push(0, i, p, 0);
      }
      merge.add(
        keysOf.map(
          (words): Partition => ({
            n: words.length / 4,
            keys: Uint32Array.from(words),
            presence: new Uint32Array(words.length / 2),
            prints: [],
            consent: new Uint8Array(words.length / 4),
          }),
        ),
      );
    }
    const { masks } = merge.result();
    expect(wanted.size).toBeGreaterThan(49_152);
    expect(masks.size).toBe(wanted.size);
    expect([...masks].filter(([mask, n]) => wanted.get(mask) !== n)).toEqual([]);
  });
});
