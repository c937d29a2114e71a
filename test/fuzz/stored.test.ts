import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AuditorError } from "../../core/errors.ts";
import { AgreedRows, type AgreedState, openAgreed } from "../../members/agreed-file.ts";
import { compareSets } from "../../members/compare-sets.ts";
import { type MemberSet, openSet, type Partition } from "../../members/member-set.ts";
import { openSpool } from "../../members/spool.ts";
import { folderFor } from "../compare-cases/engines.ts";
import { contentOf, KEYS } from "../property/members-build.ts";
import type { Random } from "../simulation/random.ts";
import { type FuzzCase, fuzz, SECONDS } from "./run-fuzz.ts";
import { damagedFile, lyingHead, lyingNumbers, swappedPartitions } from "./set-parts.ts";
import { inputOf, type Spooled, type Stored, someAgreed, someSets, someSpools } from "./stored-files.ts";

const folder = folderFor("fuzz-stored");
const path = join(folder, "read.pls");
let sets: Stored[];
let agreed: Buffer;
let spools: Spooled[];
beforeAll(async () => {
  sets = await someSets(folder);
  agreed = await someAgreed(folder);
  spools = await someSpools(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What a reader may say of a file that is not sound. */
function named(error: unknown): string {
  if (error instanceof AuditorError && error.kind === "bad_data" && error.where === path) return "named";
  throw error;
}

function checkShape(part: Partition, attributes: number): void {
  expect([part.keys.length, part.presence.length, part.consent.length]).toEqual([
    4 * part.n,
    2 * part.n,
    part.n,
  ]);
  expect(part.prints.map((column) => column.length)).toEqual(
    Array.from({ length: attributes }, () => part.n),
  );
}

const signs = { lyingNumbers, lyingHead, swappedPartitions };

/** @param content null: checksums are right, so the file may say anything; using it must end well all the same */
async function readSet(content: Stored["content"] | null): Promise<string> {
  let set: MemberSet;
  try {
    set = await openSet(path);
  } catch (error) {
    return named(error);
  }
  try {
    if (content !== null) {
      // A set that was changed and still reads as it was: bytes that mean nothing.
      expect(await contentOf(set)).toEqual(content);
      return "as it was";
    }
    for (let p = 0; p < set.partitions; p++) checkShape(await set.load(p), set.attributes.length);
    await compareSets(inputOf(set, set));
    return "used";
  } catch (error) {
    return named(error);
  } finally {
    await set.close();
  }
}

it("a set file: what it held, or an error that says what is wrong with it", async () => {
  const draw = (random: Random): FuzzCase => {
    const { bytes, content, name } = random.chance(0.02)
      ? (sets.at(-1) as Stored)
      : random.pick(sets.slice(0, -1));
    const way = random.weighted({ damagedFile: 4, lyingNumbers: 3, lyingHead: 3, swappedPartitions: 1 });
    const input = way === "damagedFile" ? damagedFile(bytes, random) : signs[way](bytes, random);
    return {
      input,
      note: `${name}, ${way}`,
      async run() {
        writeFileSync(path, input);
        return `${way}: ${await readSet(way === "damagedFile" ? content : null)}`;
      },
    };
  };
  const ends = await fuzz("set file", SECONDS / 2, draw);
  expect(ends["damagedFile: named"] ?? 0).toBeGreaterThan(0);
});

it("what was last agreed on: read, or an error that says what is wrong with it", async () => {
  const draw = (random: Random): FuzzCase => {
    const way = random.weighted({ damagedFile: 2, lyingNumbers: 2, lyingHead: 5, swappedPartitions: 1 });
    const input = way === "damagedFile" ? damagedFile(agreed, random) : signs[way](agreed, random);
    return {
      input,
      note: way,
      async run() {
        writeFileSync(path, input);
        let state: AgreedState;
        try {
          state = await openAgreed(path);
        } catch (error) {
          return `${way}: ${named(error)}`;
        }
        try {
          await walkAgreed(state);
          return `${way}: used`;
        } catch (error) {
          return `${way}: ${named(error)}`;
        } finally {
          await state.close();
        }
      },
    };
  };
  const ends = await fuzz("agreed file", SECONDS / 4, draw);
  expect(ends["damagedFile: named"] ?? 0).toBeGreaterThan(0);
});

async function walkAgreed(state: AgreedState): Promise<void> {
  const rows = new AgreedRows(state);
  for (let p = 0; p < state.partitions; p++) {
    const part = await state.load(p);
    checkShape(part, state.copies.length * (1 + state.fields.length));
    rows.open(part);
    for (const { system } of state.copies) {
      const c = rows.copy(system);
      for (const row of [-1, ...Array.from({ length: part.n }, (_, i) => i)]) {
        rows.agreement(c, row);
        rows.at(c, row);
        for (const field of state.fields) rows.print(c, field, row);
      }
    }
  }
}

it("a spool: the rows it held, or an error that says what is wrong with it", async () => {
  const draw = (random: Random): FuzzCase => {
    const { bytes, asked, rows } = random.pick(spools);
    const input = damagedFile(bytes, random);
    return {
      input,
      async run() {
        writeFileSync(path, input);
        const opened = await openSpool(path, KEYS).catch(named);
        if (typeof opened === "string") return opened;
        try {
          expect(await opened.lookup(asked)).toEqual(rows);
          return "as it was";
        } catch (error) {
          return named(error);
        } finally {
          await opened.close();
        }
      },
    };
  };
  const ends = await fuzz("spool", SECONDS / 4, draw);
  expect(ends.named ?? 0).toBeGreaterThan(0);
});
