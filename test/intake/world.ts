import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { type IdentifierKind, instant, type ReadTarget, runId, type TargetEnd } from "../../core/model.ts";
import type { Collector, Context } from "../../core/ports.ts";
import { compileIntake } from "../../members/intake/instance.ts";
import { rawIntake } from "../../members/intake/intake.ts";
import { deriveKeys } from "../../members/keys.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import type { SetOptions, SetSummary } from "../../members/set-terms.ts";

export const BUILT = fileURLToPath(new URL("../../dist/members/intake/intake.wasm", import.meta.url));
const module = compileIntake(BUILT);
if (module === null) throw new Error("this test runs the built intake: npm run build");
export const intakeModule = module;
const keys = deriveKeys(Buffer.alloc(32, 7));

export type Wanted = Pick<SetOptions, "identity" | "attributes"> & Partial<SetOptions>;

/** Everything that a reading leaves behind. */
export type Left = {
  readonly ends: readonly TargetEnd[];
  readonly warnings: readonly string[];
  readonly builders: readonly {
    readonly records: number;
    readonly summary: SetSummary | null;
    readonly set: string | null;
    readonly spool: string | null;
  }[];
  /** Records that came as rows, and those that came as bytes. */
  readonly rows: number;
  readonly taken: number;
};

/** Files of millions of bytes are compared by this. */
const digest = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Reads once, as bytes or as rows, and builds a set of every target that is complete. */
export async function readInto(
  collector: Collector,
  targets: readonly ReadTarget[],
  wanted: readonly Wanted[],
  folder: string,
  asBytes: boolean,
): Promise<Left> {
  const builders = wanted.map(
    (w) =>
      new SetBuilder({
        rules: {},
        keys,
        epoch: 1,
        spool: true,
        temporaryFolder: folder,
        randomBytes: (n) => new Uint8Array(n).fill(9),
        ...w,
      }),
  );
  const intake = asBytes ? rawIntake(intakeModule, builders) : null;
  const context: Context = {
    signal: new AbortController().signal,
    clock: { now: () => new Date(0) },
    log: { info: () => undefined, warn: () => undefined },
    runId: runId("r"),
    ...(intake === null ? {} : { intake }),
  };
  const ends: TargetEnd[] = [];
  let [rows, taken] = [0, 0];
  for await (const page of collector.read(targets, context)) {
    for (const row of page.items) for (const of of row.of) builders[of]?.add(row);
    rows += page.items.length;
    for (const t of page.taken ?? []) taken += t.records;
    ends.push(...page.ends);
  }
  const left: Left["builders"][number][] = [];
  for (const [i, builder] of builders.entries()) {
    const { records } = builder;
    if (ends.find((e) => e.target === i)?.coverage !== "complete") {
      builder.discard();
      left.push({ records, summary: null, set: null, spool: null });
      continue;
    }
    const file = join(folder, `${asBytes ? "bytes" : "rows"}-${i}.pls`);
    const summary = await builder.finish({
      file,
      spoolFile: wanted[i]?.spool === false ? null : `${file}.spool`,
      previous: null,
      asOf: instant(new Date(0)),
      ordinal: 0,
    });
    left.push({
      records,
      summary,
      set: digest(file),
      spool: wanted[i]?.spool === false ? null : digest(`${file}.spool`),
    });
  }
  return { ends, warnings: await collector.warnings(context), builders: left, rows, taken };
}

const words = (...list: readonly string[]) => fc.constantFrom(...list);
const person = fc.integer({ min: 0, max: 40 });

/** What stands in a column of this name: mostly what belongs there, and everything else too. */
const USUAL: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc.oneof(
    { weight: 8, arbitrary: person.map((i) => `p${i}@x${i % 3}.com`) },
    { weight: 2, arbitrary: person.map((i) => ` P${i}@X${i % 3}.com`) },
    words(
      "",
      "n/a",
      "ann@",
      "é@x.com",
      "e\u0301@x.com",
      "\u0430nn@x.com",
      "ann@x.com",
      "a b@x.com",
      '"q"@x.com',
      "\u212a@x.com",
      "p1@x1.com\u00a0",
      `${"l".repeat(64)}@x.com`,
      "a@-x.com",
      "p@x..com",
    ),
  ),
  phone: words("", "+44 20 7946 0018", "+442079460018", "0044 20 7946 0018", "12", "+44 20 7946 0018 ext 5"),
  customer_id: fc.oneof(
    person.map((i) => `c-${i}`),
    words("", "none", "N/A", "ü1", "u\u03081", "abc", "0", " c-1 ", "x".repeat(513)),
  ),
  id: fc.oneof(person.map(String), words("", "r\u00fc", 'a"b', " 7 ", "\u{1f600}")),
  consent: words(
    "subscribed",
    "Opted-In",
    "unsubscribed",
    "pending",
    "spam",
    "deleted",
    "",
    "never_subscribed",
    "maybe",
    "what is it?",
    "ja",
    "yes",
    "0",
    "null",
    "SUBSCRIBED ",
    "nö",
  ),
  yesNo: words("true", "f", "", "yes", "No", "1", "0", "perhaps", " TRUE "),
  time: fc.oneof(
    fc
      .date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true })
      .map((d) => d.toISOString()),
    fc
      .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
      .map((d) => `${d.toISOString().slice(0, 19)}Z`),
    fc
      .tuple(
        fc.integer({ min: 1960, max: 2110 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: 0, max: 25 }),
        words(
          "",
          "Z",
          "+00",
          "+00:00",
          "+0000",
          "+02",
          "-0530",
          ".5",
          ".123456+00",
          ".Z",
          " Z",
          "+01:00x",
          ".25 +00",
        ),
      )
      .map(
        ([y, m, d, h, zone]) =>
          `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}${h % 2 ? "T" : " "}${String(h).padStart(2, "0")}:59:59${zone}`,
      ),
    words(
      "",
      "2026-11-01",
      "yesterday",
      "2026-02-30T10:00:00Z",
      "2024-02-29 10:00",
      "infinity",
      "12026-01-01 00:00:00+00",
      "1969-12-31T23:59:59Z",
      " 2026-11-01 10:00:00",
      "2026-11-01T24:00:00Z",
    ),
  ),
  plan: words(
    "free",
    "pro",
    "PRO",
    "gold",
    "",
    "n/a",
    "none",
    " pro ",
    "null",
    "x",
    "-",
    "unbekannt ✓",
    "e\u0301",
    "é",
    'say ""',
    "tab\there",
    "back\\slash",
    "\u0001\u001f",
    "\u2028",
    "two\nlines",
    "\u{1f600}",
    "test",
    "\u00a0",
  ),
};
const anything = fc.oneof(
  { weight: 20, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 20, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 600 }).map((n) => "long ".repeat(n)) },
);
/** Neither NUL nor half a surrogate pair, which no text file can hold. */
const clean = (text: string): string => Buffer.from(text.replaceAll("\0", "")).toString();

export const fieldOf = (usual: string): fc.Arbitrary<string> =>
  fc
    .oneof({ weight: 12, arbitrary: USUAL[usual] ?? anything }, { weight: 1, arbitrary: anything })
    .map(clean);

export const identities: fc.Arbitrary<IdentifierKind> = fc.constantFrom(
  "email",
  "email",
  "email",
  "customer_id",
  "phone",
);
