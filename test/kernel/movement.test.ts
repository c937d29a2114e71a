import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemId } from "../../core/model.ts";
import { type MovementInput, movementOf } from "../../members/attribution.ts";
import { fingerprinter, PRINT_ABSENT, PRINT_NULL } from "../../members/fingerprint.ts";
import type { StoredKernel } from "../../members/kernel/each-kind.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { RECORD_COLUMN } from "../../members/set-builder.ts";
import {
  KEYS,
  keysOf,
  memorySet,
  panelOfWorld,
  partOf,
  type Random,
  randomOf,
  world,
} from "./stored-world.ts";

const module = compileKernel(
  fileURLToPath(new URL("../../dist/members/kernel/kernel.wasm", import.meta.url)),
);
if (module === null) throw new Error("this test runs the built kernel: npm run build");
const kernel: StoredKernel = { module, from: 0, threads: 1, helpFrom: 0 };
/** By hand: PLUMBLINE_KERNEL_RUNS=10000. */
const RUNS = Number(process.env.PLUMBLINE_KERNEL_RUNS ?? 500);

const PRINTS = [PRINT_ABSENT, PRINT_NULL, ...["free", "pro", "team"].map(fingerprinter(KEYS))];

/** Of the same people; ids of records are few, so that some are shared, moved, or empty. */
function setOf(random: Random, keys: readonly (readonly number[])[][], base: boolean): MemberSet {
  const attributes = ["plan", "city", "tier"].filter(() => random(3) > 0).sort(() => random(3) - 1);
  if (base && random(8) > 0) attributes.splice(random(attributes.length + 1), 0, RECORD_COLUMN);
  const [share, variety] = [60 + random(41), 1 + random(12)];
  const parts = keys.map((list) => partOf(random, list, attributes.length, share, variety));
  const own = random(2) === 0;
  const plain = random(2) === 0;
  for (const { keys: words, prints, consent } of parts) {
    // many people who differ in little
    if (plain) consent.fill(5);
    for (const [a, name] of attributes.entries())
      prints[a]?.forEach((_, row, column) => {
        if (name !== RECORD_COLUMN) column[row] = PRINTS[random(PRINTS.length)] as number;
        else if (random(6) === 0) column[row] = random(2);
        // mostly the person's own, so that it is the same in another set
        else column[row] = own || random(3) > 0 ? (words[4 * row + 3] as number) : random(40);
      });
  }
  return memorySet(parts, attributes, 1 + random(64));
}

describe("what became of people, counted by the kernel", () => {
  it("is what the reference counts, with and without the whole system, rules, owners, and a full table", async () => {
    const seen = { moved: 0, rekeyed: 0, telling: 0, agreed: 0 };
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(undefined, 16), async (w, mostKinds) => {
        const compare = panelOfWorld(w);
        const random = randomOf(w.seed);
        const keys = [keysOf(random, w.people), keysOf(random, random(w.people + 1))].map((list, p) =>
          list.map(([first, ...rest]) => [((p << 24) | (first as number)) >>> 0, ...rest]),
        );
        const segment = compare.segments[random(compare.segments.length)]!;
        const input: MovementInput = {
          system: segment.system,
          now: segment.set,
          previous: setOf(random, keys, false),
          base:
            random(6) === 0 ? null : { now: setOf(random, keys, true), previous: setOf(random, keys, true) },
          compare: random(3) === 0 ? null : compare,
          values: random(3) === 0 ? {} : { plan: ["free", "pro"], city: ["team", "team"] },
          keys: KEYS,
        };
        const how = mostKinds === undefined ? kernel : { ...kernel, mostKinds };
        const reference = await movementOf(input, null);
        expect(await movementOf(input, how)).toEqual(reference);
        seen.moved += reference.changed.came + reference.alike.left + reference.values.left;
        seen.rekeyed += reference.rekeyed.came + reference.rekeyed.left;
        seen.telling += reference.left === null ? 0 : 1;
        seen.agreed += reference.owner?.left ?? 0;
      }),
      { numRuns: RUNS },
    );
    // it is about something
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(RUNS / 100);
  }, 600_000);

  it("tells apart who looks alike but for a value or a record", async () => {
    const people = Array.from({ length: 300 }, (_, i) => i);
    const key = (i: number) => [i, 1, 1, 1];
    // 0–99 leave: two of three are "pro", which they were before; 50–99 under another key, all but the first with an id
    const base = (keyOf: (i: number) => number) => {
      const sorted = people.toSorted((a, b) => keyOf(a) - keyOf(b));
      const part = partOf(
        randomOf(1),
        sorted.map((i) => key(keyOf(i))),
        2,
        101,
        1,
      );
      part.presence.fill(1);
      part.consent.fill(5);
      part.prints[0]!.set(sorted.map((i) => PRINTS[i < 100 && i % 3 > 0 ? 3 : 2] as number));
      part.prints[1]!.set(sorted.map((i) => (i === 50 ? 0 : 1000 + i)));
      return memorySet([part], ["plan", RECORD_COLUMN], 1);
    };
    const list = (from: number) => {
      const part = partOf(randomOf(1), people.slice(from).map(key), 0, 101, 1);
      part.presence.fill(1);
      return memorySet([part], [], 1);
    };
    const input: MovementInput = {
      system: systemId("s0"),
      now: list(100),
      previous: list(0),
      base: { now: base((i) => (i >= 50 && i < 100 ? 1000 - i : i)), previous: base((i) => i) },
      compare: null,
      values: { plan: ["pro"] },
      keys: KEYS,
    };
    const byKernel = await movementOf(input, kernel);
    expect(byKernel).toEqual(await movementOf(input, null));
    expect(byKernel.rekeyed.left).toBe(49);
    expect(byKernel.left).toMatchObject({
      attribute: "plan",
      state: "value",
      people: 33,
      of: 50,
      changed: 0,
    });
  });
});
