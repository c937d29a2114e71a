import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeStoredSets } from "../../bench/sets/stored-sets.ts";
import { instant, runId, systemId } from "../../core/model.ts";
import { carryAgreed } from "../../members/agree.ts";
import { type AgreedState, openAgreed } from "../../members/agreed-file.ts";
import type { CompareInput } from "../../members/compare-sets.ts";
import type { StoredKernel } from "../../members/kernel/each-kind.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import { openSet } from "../../members/member-set.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { panelOfWorld, randomOf, type World, world } from "./stored-world.ts";

const module = compileKernel(
  fileURLToPath(new URL("../../dist/members/kernel/kernel.wasm", import.meta.url)),
);
if (module === null) throw new Error("this test runs the built kernel: npm run build");
const kernel: StoredKernel = { module, from: 0, threads: 1, helpFrom: 0 };
/** By hand: PLUMBLINE_KERNEL_RUNS=10000. */
const RUNS = Math.ceil(Number(process.env.PLUMBLINE_KERNEL_RUNS ?? 1000) / 25);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-agreed-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Of the same people, on one day: other systems, attributes, values, lists; now and then a system is not read. */
function auditOf(w: World, day: number): CompareInput {
  const input = panelOfWorld(w, PARTITIONS);
  const random = randomOf(w.share * 1000 + w.variety * 10 + day);
  const owner = input.segments[0]!;
  return {
    ...input,
    owner: owner.system,
    segments: input.segments
      .filter((s) => s === owner || random(5) > 0)
      .map((s) => ({
        ...s,
        set: { ...s.set, asOf: instant(new Date(Date.UTC(2026, 2, 1 + day - random(2)))) },
        where:
          s === owner || s.where === null
            ? null
            : Object.fromEntries(
                Object.entries(s.where).filter(([name]) => owner.set.attributes.includes(name)),
              ),
      })),
  };
}

async function carried(
  input: CompareInput,
  last: AgreedState | null,
  name: string,
  how: StoredKernel | null,
): Promise<Buffer> {
  const file = join(folder, name);
  const copies = Array.from({ length: 8 }, (_, s) => systemId(`s${s + 1}`));
  await carryAgreed(input, last, { file, runId: runId("run"), copies }, how);
  return readFileSync(file);
}

describe("what was last agreed, carried on by the kernel", () => {
  it("is byte for byte what the reference writes, audit after audit, also when its table overflows", async () => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(world, { minLength: 2, maxLength: 4 }),
        fc.constantFrom(undefined, 16),
        async (worlds, mostKinds) => {
          const { seed, people } = worlds[0] as World;
          let last: AgreedState | null = null;
          for (const [day, w] of worlds.entries()) {
            const input = auditOf({ ...w, seed, people }, day);
            const how = mostKinds === undefined ? kernel : { ...kernel, mostKinds };
            const byKernel = await carried(input, last, "kernel.pls", how);
            const reference = await carried(input, last, `reference-${day}.pls`, null);
            expect(byKernel.equals(reference)).toBe(true);
            await last?.close();
            last = await openAgreed(join(folder, `reference-${day}.pls`));
            for (let p = 0; p < 2; p++) rows += (await last.load(p)).n;
          }
          await last?.close();
        },
      ),
      { numRuns: RUNS },
    );
    expect(rows).toBeGreaterThan(RUNS);
  }, 600_000);

  it("names a file that is damaged half-way, as the reference does, and leaves no file behind", async () => {
    const at = join(folder, "damaged");
    await makeStoredSets(at, 250_000);
    const [owner, copy] = await Promise.all(
      ["owner", "copy"].map((name) => openSet(join(at, `${name}.pls`))),
    );
    const input: CompareInput = {
      ...panelOfWorld({ ...calm, systems: 2 }),
      owner: systemId("s0"),
      segments: [owner!, copy!].map((set, s) => ({
        system: systemId(`s${s}`),
        set,
        base: null,
        where: null,
      })),
      excluded: [],
    };
    const bytes = await carried(input, null, "last.pls", kernel);
    const last = await openAgreed(join(folder, "last.pls"));
    bytes[5_000_000]! ^= 1;
    writeFileSync(last.path, bytes);
    const said = async (how: StoredKernel | null): Promise<string> =>
      carried(input, last, "none.pls", how).then(
        () => "nothing",
        (e: Error) => e.message,
      );
    expect(await said(null)).toMatch(
      /last\.pls: the set is damaged: the checksum of partition \d+, column \d+/,
    );
    expect(await said(kernel)).toBe(await said(null));
    expect(() => readFileSync(join(folder, "none.pls"))).toThrow(/ENOENT/);
    for (const set of [last, owner!, copy!]) await set.close();
  });

  it("leaves few people to the reference", async () => {
    const input = auditOf(calm, 0);
    // a kernel that cannot even start
    const broken = { ...kernel, module: {} };
    await expect(carried(input, null, "broken.pls", broken)).rejects.toThrow();
    const few = await carried(input, null, "few.pls", { ...broken, from: 1_000_000 });
    expect(few.equals(await carried(input, null, "few-reference.pls", null))).toBe(true);
  });
});

const calm: World = {
  seed: 1,
  systems: 3,
  people: 20,
  share: 90,
  variety: 3,
  lists: 1,
  purpose: "marketing",
  hours: 24,
};
