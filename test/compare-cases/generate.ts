import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { IdentifierKind } from "../../core/model.ts";
import { type Alphabet, identifiersOf, spelled, valuesOf } from "./alphabet.ts";

export type CaseFile = {
  readonly name: string;
  readonly text: Buffer;
  /** As it stands in its file: the text, or packed. */
  readonly bytes: Buffer;
};
export const isPacked = (file: CaseFile): boolean => file.bytes !== file.text;
export type Case = {
  readonly identity: IdentifierKind;
  /** Index of the file whose word counts. */
  readonly owner: number;
  readonly attributes: readonly string[];
  readonly files: readonly CaseFile[];
  readonly layouts: readonly Layout[];
};
/** What a reader has to be told to read a file without looking at it. */
export type Layout = {
  readonly delimiter: string;
  readonly columns: number;
  readonly idColumn: number;
  readonly attributeColumns: readonly number[];
};

const ATTRIBUTES = ["plan", "region", "tier", "note"] as const;
const DELIMITERS = [",", ";", "\t", "|"] as const;

type Row = {
  readonly who: number;
  readonly spelling: number;
  readonly values: readonly number[];
  readonly spaces: number;
  readonly quotes: number;
  readonly crlf: boolean;
  readonly blank: number;
};
type File = {
  readonly rows: readonly Row[];
  readonly delimiter: string;
  readonly order: number;
  readonly extra: number;
  readonly bom: boolean;
  readonly final: boolean;
  /** Moves everything against the blocks of 64 bytes. */
  readonly shift: number;
  readonly ends: "lf" | "crlf" | "mixed";
  readonly blanks: boolean;
  /** Packed in so many parts, one after the other; 0: not. */
  readonly packed: number;
};

const FEW = 8;
const MOST = 12;

const row: fc.Arbitrary<Row> = fc.record({
  who: fc.nat(30),
  spelling: fc.nat(6 * 42 * 42 - 1),
  values: fc.array(fc.nat(10_000), { minLength: 6, maxLength: 6 }),
  spaces: fc.nat(20_000),
  quotes: fc.nat(1023),
  crlf: fc.boolean(),
  blank: fc.nat(30),
});

const file = (alphabet: Alphabet, leastRows: number): fc.Arbitrary<File> =>
  fc.record({
    rows: fc.array(row, { minLength: leastRows, maxLength: 40, size: "max" }),
    delimiter: fc.constantFrom(...DELIMITERS),
    order: fc.nat(1000),
    // DuckDB takes the blank line of a file with one column for a row without a value.
    extra: fc.integer({ min: alphabet === "shared" ? 1 : 0, max: 2 }),
    bom: fc.boolean(),
    final: fc.boolean(),
    shift: fc.nat(63),
    // DuckDB wants one kind of line end in a file.
    ends: alphabet === "shared" ? fc.constantFrom("lf", "crlf") : fc.constantFrom("lf", "crlf", "mixed"),
    blanks: fc.boolean(),
    packed: fc.constantFrom(0, 0, 0, 0, 1, 3),
  });

export type Wish = {
  readonly alphabet: Alphabet;
  /** Systems; 1 to 12 unless said, more than 8 in one case of eight. */
  readonly least?: number;
  readonly most?: number;
  /** Rows repeat, for ever other people, until a file has so many characters: more than is read at once. */
  readonly characters?: number;
};

const files = (one: fc.Arbitrary<File>, least: number, most: number): fc.Arbitrary<File[]> => {
  const some = (minLength: number, maxLength: number) => fc.array(one, { minLength, maxLength, size: "max" });
  if (least > FEW || most <= FEW) return some(least, most);
  return fc.oneof({ weight: 7, arbitrary: some(least, FEW) }, { weight: 1, arbitrary: some(FEW + 1, most) });
};

export const cases = ({ alphabet, least = 1, most = MOST, characters = 0 }: Wish): fc.Arbitrary<Case> =>
  fc
    .record({
      identity: fc.constantFrom<IdentifierKind>("email", "email", "customer_id", "phone"),
      attributes: fc.nat(4),
      owner: fc.nat(most - 1),
      people: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 24 }),
      kinds: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 6 }),
      files: files(file(alphabet, characters > 0 ? 1 : 0), least, most),
      // where in a file reading stops for a while is different each time
      more: fc.nat(Math.ceil(characters / 8)),
    })
    .map((drawn): Case => {
      const pool = peopleOf(drawn.identity, alphabet, drawn.people);
      const values = drawn.kinds.map((k) => pick(valuesOf(), k));
      const attributes = ATTRIBUTES.slice(0, drawn.attributes);
      const made = drawn.files.map((f, n) =>
        render(f, n, drawn.identity, attributes, pool, values, characters + drawn.more),
      );
      return {
        identity: drawn.identity,
        owner: drawn.owner % drawn.files.length,
        attributes,
        files: made.map((m) => m.file),
        layouts: made.map((m) => m.layout),
      };
    });

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;

/** Some of the odd texts, and plain ones, which most people are. */
function peopleOf(kind: IdentifierKind, alphabet: Alphabet, drawn: readonly number[]): string[] {
  const odd = identifiersOf(kind, alphabet);
  return drawn.map((n, i) => {
    if (n % 2 === 0) return pick(odd, n >> 1);
    if (kind === "phone") return `+4420794600${10 + (i % 80)}`;
    return kind === "email" ? `p${i}@x${n % 3}.com` : `id-${i}`;
  });
}

function render(
  f: File,
  n: number,
  identity: IdentifierKind,
  attributes: readonly string[],
  pool: readonly string[],
  values: readonly string[],
  characters: number,
): { file: CaseFile; layout: Layout } {
  const names = [
    identity,
    ...attributes,
    ...Array.from({ length: f.extra }, (_, k) => `x${k}${"y".repeat(k === 0 ? f.shift : 0)}`),
  ];
  const order = shuffled(names.length, f.order);
  // One column names no delimiter, and then a comma is meant.
  const delimiter = names.length === 1 ? "," : f.delimiter;
  const end = (r: Row | undefined): string =>
    f.ends === "crlf" || (f.ends === "mixed" && r?.crlf) ? "\r\n" : "\n";
  let text = (f.bom ? "\ufeff" : "") + order.map((c) => names[c] as string).join(delimiter);
  let last = end(f.rows[0]);
  for (let round = 0; round === 0 || text.length < characters; round++) {
    const prefix = round === 0 || identity === "phone" ? "" : `r${round}`;
    for (const r of f.rows) {
      text += last;
      if (f.blanks && r.blank === 0) text += end(r);
      const person = prefix + pick(pool, r.who);
      const cells = [spelled(person, r.spelling), ...names.slice(1).map((_, k) => cell(r, k, values))];
      text += order
        .map((c) => quoted(cells[c] as string, delimiter, ((r.quotes >> c) & 1) === 1))
        .join(delimiter);
      last = end(r);
    }
  }
  if (f.final) text += last;
  return {
    file: packed(Buffer.from(text), n, f.packed),
    layout: {
      delimiter,
      columns: names.length,
      idColumn: order.indexOf(0),
      attributeColumns: attributes.map((_, a) => order.indexOf(a + 1)),
    },
  };
}

function packed(text: Buffer, n: number, parts: number): CaseFile {
  if (parts === 0) return { name: `${n}.csv`, text, bytes: text };
  const size = Math.ceil(text.length / parts);
  const members = Array.from({ length: parts }, (_, k) => gzipSync(text.subarray(k * size, (k + 1) * size)));
  return { name: `${n}.csv.gz`, text, bytes: Buffer.concat(members) };
}

function cell(r: Row, k: number, values: readonly string[]): string {
  const n = r.values[k] ?? 0;
  const text = n % 7 === 6 ? pick(valuesOf(), n) : pick(values, n);
  return r.spaces % (k + 3) === 0 ? spelled(text, r.spaces) : text;
}

const quoted = (text: string, delimiter: string, always: boolean): string =>
  always || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

/** The n-th order of `length` things, over and over. */
function shuffled(length: number, n: number): number[] {
  const left = Array.from({ length }, (_, i) => i);
  let rest = n;
  return Array.from({ length }, () => {
    const [taken] = left.splice(rest % left.length, 1);
    rest = Math.floor(rest / (left.length + 1));
    return taken as number;
  });
}
