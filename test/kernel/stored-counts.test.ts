import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFlipping, returnsOf } from "../../members/flips.ts";
import { countGate } from "../../members/gate-panel.ts";
import type { StoredKernel } from "../../members/kernel/each-kind.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import { eachReturner } from "../../members/kernel/returners.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { overlapOf } from "../../members/overlap.ts";
import { topFlipping } from "../../members/top-flipping.ts";
import { memorySet, partOf, type Random, randomOf } from "./stored-world.ts";

const module = compileKernel(
  fileURLToPath(new URL("../../dist/members/kernel/kernel.wasm", import.meta.url)),
);
if (module === null) throw new Error("this test runs the built kernel: npm run build");
const kernel: StoredKernel = { module, from: 0, threads: 1, helpFrom: 0 };
/** By hand: PLUMBLINE_KERNEL_RUNS=2000. */
const RUNS = Number(process.env.PLUMBLINE_KERNEL_RUNS ?? 100);

function setsOf(random: Random, n: number, attributes: readonly string[] = []): MemberSet[] {
  const keys = Array.from({ length: random(120) }, (_, i) => [i >> 2, i & 3, random(2 ** 32), 0]);
  return Array.from({ length: n }, () =>
    memorySet(
      [partOf(random, keys, attributes.length, 30 + random(71), 1 + random(6))],
      attributes,
      1 + random(64),
    ),
  );
}

describe("flips", () => {
  it("are found as the reference finds them, for every rule and an odd number of people", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 4, max: 12 }),
        fc.constantFrom(1, 6, 12, 24, 28, 48),
        async (seed, bits, within, hours) => {
          const [set] = setsOf(randomOf(seed), 1, ["plan"]);
          const rule = { bits, within, hours };
          const { n, presence } = await set!.load(0);
          const expected = Array.from({ length: n }, (_, row) => {
            const [lo, hi] = [presence[2 * row]!, presence[2 * row + 1]!];
            return {
              row,
              returns: returnsOf(lo, hi, bits, within).length,
              flipping: isFlipping(lo, hi, rule),
            };
          }).filter((r) => r.returns > 0);
          const found: object[] = [];
          await eachReturner(kernel, set!, rule, ({ row, returns, flipping }) =>
            found.push({ row, returns, flipping }),
          );
          expect(found).toEqual(expected);
          expect(await topFlipping(set!, 3, within, kernel)).toEqual(
            await topFlipping(set!, 3, within, null),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("are found among the steady, whatever the few readings", async () => {
    const words = Array.from({ length: 2 ** 12 }, (_, word) => word);
    // beside somebody who never left: nobody is found for a neighbour's sake
    const part = partOf(
      randomOf(1),
      words.flatMap((w) => [
        [0, 0, w, 0],
        [0, 0, w, 1],
      ]),
      0,
      101,
      1,
    );
    part.presence.set(words.flatMap((w) => [w, 0, 1, 0]));
    const found: number[] = [];
    await eachReturner(kernel, memorySet([part], [], 20), { bits: 12, within: 4, hours: 24 }, (r) =>
      found.push(r.lo),
    );
    expect(found).toEqual(words.filter((w) => returnsOf(w, 0, 12, 4).length > 0));
  });

  it("of people who come back every Monday are the calendar's", async () => {
    // four weeks of two days off and five on, oldest first
    const word = Number.parseInt("0011111".repeat(4), 2);
    const part = partOf(randomOf(1), [[0, 0, 0, 1]], 0, 101, 1);
    part.presence.set([word, 0]);
    const found: object[] = [];
    for (const hours of [24, 1])
      await eachReturner(kernel, memorySet([part], [], 31), { bits: 20, within: 4, hours }, (r) =>
        found.push([r.returns, r.flipping]),
      );
    expect(found).toEqual([
      [3, false],
      [3, true],
    ]);
  });
});

describe("overlaps and sends", () => {
  it("are counted as the reference counts them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 11 }), async (seed, n) => {
        const random = randomOf(seed);
        const sets = setsOf(random, n);
        expect(await overlapOf(sets, kernel)).toEqual(await overlapOf(sets, null));
        const some = (): MemberSet[] => sets.filter(() => random(4) === 0);
        const gate = {
          includes: [sets[random(n)]!, ...some()],
          excludes: some(),
          base: random(2) === 0 ? null : sets[0]!,
          suppressions: some(),
          keptOut: some(),
          evidence: some(),
        };
        expect(await countGate(gate, kernel)).toEqual(await countGate(gate, null));
      }),
      { numRuns: RUNS },
    );
  });
});
