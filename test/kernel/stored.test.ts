import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeStoredSets, timeCompare } from "../../bench/sets/stored-sets.ts";
import { runId, systemId } from "../../core/model.ts";
import { carryAgreed } from "../../members/agree.ts";
import { openAgreed } from "../../members/agreed-file.ts";
import { type CompareInput, compareSets } from "../../members/compare-sets.ts";
import {
  type Difference,
  type DifferenceKind,
  type DifferenceOptions,
  differences,
} from "../../members/differences.ts";
import type { StoredKernel } from "../../members/kernel/each-kind.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import { openSet } from "../../members/member-set.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { memorySet, panelOfWorld, partOf, randomOf, world } from "./stored-world.ts";

const dist = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const module = compileKernel(dist("members/kernel/kernel.wasm"));
if (module === null) throw new Error("this test runs the built kernel: npm run build");
const kernel: StoredKernel = { module, from: 0, threads: 1, helpFrom: 0 };
/** A thousand in `npm run test:cases`; by hand: PLUMBLINE_KERNEL_RUNS=10000. */
const RUNS = Number(process.env.PLUMBLINE_KERNEL_RUNS ?? process.env.PLUMBLINE_STORED_RUNS ?? 250);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-stored-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("stored sets compared by the kernel", () => {
  it("gives what the reference gives, for every panel, also when its table overflows", async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(undefined, 16), async (w, mostKinds) => {
        const input = panelOfWorld(w);
        const byKernel = await compareSets(
          input,
          mostKinds === undefined ? kernel : { ...kernel, mostKinds },
        );
        expect(byKernel).toEqual(await compareSets(input, null));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  it("names whom the reference names, in the same order", async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(undefined, 16), fc.nat(), async (w, mostKinds, choice) => {
        const input = panelOfWorld(w);
        const random = randomOf(choice);
        const kinds = new Set(KINDS.filter(() => random(3) === 0));
        const all = input.segments.map((s) => s.system);
        const o = {
          systems: random(2) === 0 ? null : new Set(all.filter(() => random(2) === 0)),
          orders: {
            plan: random(2) === 0 ? ("any" as const) : all.filter(() => random(2) === 0),
            city: all.toReversed(),
          },
        };
        const byKernel = mostKinds === undefined ? kernel : { ...kernel, mostKinds };
        expect(await namesOf(input, kinds, o, byKernel)).toEqual(await namesOf(input, kinds, o, null));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  it("tells what was last agreed of them as the reference does", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (w) => {
        const owner = systemId("s0");
        const plain = (share: number) => {
          const input = panelOfWorld({ ...w, systems: 3, share }, PARTITIONS);
          return { ...input, owner, segments: input.segments.map((s) => ({ ...s, where: null })) };
        };
        const file = join(folder, "agreed.pla");
        const copies = ["s1", "s2"].map(systemId);
        await carryAgreed(plain(60), null, { file, runId: runId("run"), copies });
        const agreed = await openAgreed(file);
        const kinds = new Set(KINDS);
        const byKernel = await namesOf(plain(90), kinds, { agreed }, kernel);
        expect(byKernel).toEqual(await namesOf(plain(90), kinds, { agreed }, null));
        await agreed.close();
      }),
      { numRuns: Math.ceil(RUNS / 20) },
    );
  }, 600_000);

  it("gives the same for 5,000 people who all differ and a table of 16", async () => {
    const random = randomOf(5);
    const keys = Array.from({ length: 5000 }, (_, i) => [i, random(2 ** 32), random(2 ** 32), 0]);
    const segments = [0, 1, 2].map((s) => ({
      system: systemId(`s${s}`),
      set: memorySet([partOf(random, keys, 2, 95, 5000)], ["plan", "city"], 60),
      base: null,
      where: null,
    }));
    const input = { ...panelOfWorld(calm), owner: systemId("s1"), segments, excluded: [] };
    const reference = await compareSets(input, null);
    expect(reference.perSystem.s0?.missing).toBeGreaterThan(500);
    expect(await compareSets(input, { ...kernel, mostKinds: 16 })).toEqual(reference);
  });

  it("leaves few people to the reference", async () => {
    const input = panelOfWorld(calm);
    // a kernel that cannot even start
    const broken = { ...kernel, module: {} };
    await expect(compareSets(input, broken)).rejects.toThrow(TypeError);
    expect(await compareSets(input, { ...broken, from: 1_000_000 })).toEqual(await compareSets(input, null));
  });

  it("names a file that is damaged or cut off while it is read", async () => {
    const at = join(folder, "bad");
    await makeStoredSets(at, 400_000);
    const input = async () => {
      const segments = await Promise.all(
        ["owner", "copy"].map(async (name) => ({
          system: systemId(name),
          set: await openSet(join(at, `${name}.pls`)),
          base: null,
          where: null,
        })),
      );
      return { ...panelOfWorld(calm), owner: systemId("owner"), segments, excluded: [] };
    };
    const file = openSync(join(at, "copy.pls"), "r+");
    writeSync(file, "x", 1_000_000);
    closeSync(file);
    const damaged = await input();
    const said = await compareSets(damaged, null).catch((e: Error) => e.message);
    expect(said).toMatch(/copy\.pls: the set is damaged: the checksum of partition \d+, column \d+ is wrong/);
    await expect(compareSets(damaged, kernel)).rejects.toThrow(String(said));
    truncateSync(join(at, "copy.pls"), 900_000);
    await expect(compareSets(damaged, kernel)).rejects.toThrow(/copy\.pls: the set is cut off/);
    for (const { set } of damaged.segments) await set.close();
  });

  it("gives the same with a second thread, and names a damaged file there", async () => {
    const at = join(folder, "threads");
    await makeStoredSets(at, 30_000);
    const run = (): string => {
      const script = `
        import { timeCompare } from ${JSON.stringify(dist("bench/sets/stored-sets.js"))};
        import { storedKernel } from ${JSON.stringify(dist("members/kernel/each-kind.js"))};
        const kernel = { ...storedKernel(), helpFrom: 0 };
        if (kernel.threads < 2) throw new Error("one thread only");
        const said = await timeCompare(${JSON.stringify(at)}, kernel).then((t) => t.result, (e) => e.message);
        process.stdout.write(JSON.stringify(said));`;
      writeFileSync(join(at, "run.mjs"), script);
      return execFileSync(process.execPath, [join(at, "run.mjs")], { encoding: "utf8" });
    };
    const { result } = await timeCompare(at, null);
    expect(JSON.parse(run())).toEqual(JSON.parse(JSON.stringify(result)));
    const file = openSync(join(at, "owner.pls"), "r+");
    writeSync(file, "x", 100_000);
    closeSync(file);
    expect(run()).toMatch(
      /owner\.pls: the set is damaged: the checksum of partition \d+, column \d+ is wrong/,
    );
  });
});

const KINDS: readonly DifferenceKind[] = [
  "missing",
  "extra",
  "differs",
  "mailable_opted_out",
  "consent_conflict",
  "opted_out_elsewhere",
  "over_suppressed",
  "flipping",
];

async function namesOf(
  input: CompareInput,
  kinds: ReadonlySet<DifferenceKind>,
  o: DifferenceOptions,
  how: StoredKernel | null,
): Promise<readonly Difference[]> {
  const named: Difference[] = [];
  for await (const d of differences(input, kinds, o, how)) named.push(d);
  return named;
}

/** Nothing special: for its keys and the shape of an input. */
const calm = {
  seed: 1,
  systems: 2,
  people: 20,
  share: 90,
  variety: 3,
  lists: 0,
  purpose: "marketing",
  hours: 24,
} as const;
