import { csvError } from "./csv-error.ts";
import { parseQuoted } from "./records.ts";
import type { Block } from "./text-blocks.ts";

export type Head = {
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** The blocks of the file from its first line on: the header is their first record. */
  readonly blocks: AsyncGenerator<Block>;
};

const DELIMITERS = [",", ";", "\t", "|"];

/** The candidate that stands most often outside quotes in the first line; a comma when there is none. */
export function sniffDelimiter(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, "");
  let best = ",";
  let most = 0;
  for (const candidate of DELIMITERS) {
    const n = bare.split(candidate).length - 1;
    if (n > most) [best, most] = [candidate, n];
  }
  return best;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const VALUE = /^[+-]?[\d .,:/-]*\d[\d .,:/-]*$/;

/** @throws bad_data when there is no usable header line; names columns by their number, since they may be data */
export async function readHead(blocks: AsyncGenerator<Block>, label: string): Promise<Head> {
  const taken: Block[] = [];
  for (;;) {
    const next = await blocks.next();
    if (next.done) break;
    taken.push(next.value);
    if (next.value.bytes.toString("utf8").trim() !== "") break;
  }
  const text = taken.map((b) => b.bytes.toString("utf8")).join("");
  const blank = /^[\r\n]*/.exec(text)?.[0] ?? "";
  const line = text.slice(blank.length).split(/[\r\n]/, 1)[0] ?? "";
  if (line.trim() === "")
    throw csvError(label, 1, "the file has no header line", "export it with column names in the first line");
  const delimiter = sniffDelimiter(line);
  const firstLine = 1 + (blank.match(/\r\n|\n|\r/g)?.length ?? 0);
  const columns = (parseQuoted(line, delimiter, firstLine, label)[0] ?? []).map((name) => name.trim());
  checkColumns(columns, firstLine, label);
  async function* all(): AsyncGenerator<Block> {
    yield* taken;
    yield* blocks;
  }
  return { columns, delimiter, blocks: all() };
}

function checkColumns(columns: readonly string[], line: number, label: string): void {
  if (columns.some((c) => EMAIL.test(c)) || columns.every((c) => VALUE.test(c))) {
    throw csvError(
      label,
      line,
      "the first line looks like data, not like column names",
      "add a header line, for instance: email,plan,region",
    );
  }
  const seen = new Map<string, number>();
  for (const [i, name] of columns.entries()) {
    if (name === "") continue;
    const before = seen.get(name);
    if (before !== undefined)
      throw csvError(
        label,
        line,
        `columns ${before + 1} and ${i + 1} have the same name`,
        "rename or remove one of them",
      );
    seen.set(name, i);
  }
}
