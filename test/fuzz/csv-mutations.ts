import type { Random } from "../simulation/random.ts";

const splice = (bytes: Buffer, at: number, take: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(Math.min(at + take, bytes.length))]);

const QUOTE = 34;
const NEWLINE = 10;
const DELIMITERS = [44, 59, 9, 124];
const placesOf = (bytes: Buffer, byte: number): number[] => {
  const found: number[] = [];
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found.push(at);
  return found;
};

/** Quotes that are where none should be, or are not where one should: what made an early reader lose nine hundred rows of two thousand. */
export function loneQuotes(bytes: Buffer, from: number, random: Random): Buffer {
  if (random.chance(0.4)) return twoQuotes(bytes, from, random);
  let out = bytes;
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 5]); left > 0; left--) {
    const quotes = placesOf(out, QUOTE).filter((at) => at >= from);
    const anywhere = random.between(from, out.length);
    const way = random.weighted({ add: 4, besideDelimiter: 3, remove: 3, move: 1, double: 1, spread: 1 });
    if (way === "add" || quotes.length === 0) out = splice(out, anywhere, 0, Buffer.from('"'));
    else if (way === "remove") out = splice(out, random.pick(quotes), 1, Buffer.alloc(0));
    else if (way === "double") out = splice(out, random.pick(quotes), 0, Buffer.from('"'));
    else if (way === "move")
      out = splice(splice(out, random.pick(quotes), 1, Buffer.alloc(0)), anywhere, 0, Buffer.from('"'));
    else if (way === "spread")
      out = splice(out, random.pick(quotes), 1, Buffer.from(random.pick(['" "', '"x', 'x"', '" ,"'])));
    else {
      const ends = [NEWLINE, ...DELIMITERS].flatMap((byte) => placesOf(out, byte)).filter((at) => at >= from);
      if (ends.length > 0) out = splice(out, random.pick(ends) + random.between(0, 1), 0, Buffer.from('"'));
    }
  }
  return out;
}

/** Two that seem to belong together, whatever stands between them: inside fields, or where a field that spans lines has them. */
function twoQuotes(bytes: Buffer, from: number, random: Random): Buffer {
  const lines = placesOf(bytes, NEWLINE).filter((at) => at >= from);
  const delimiters = DELIMITERS.flatMap((byte) => placesOf(bytes, byte)).filter((at) => at >= from);
  const place = (): number => {
    const way = random.weighted({ anywhere: 2, lineEnd: 2, lineStart: 1, fieldStart: 2, fieldEnd: 1 });
    if (way === "anywhere" || lines.length === 0 || delimiters.length === 0)
      return random.between(from, bytes.length);
    if (way === "lineEnd") return random.pick(lines);
    if (way === "lineStart") return random.pick(lines) + 1;
    return random.pick(delimiters) + (way === "fieldStart" ? 1 : 0);
  };
  // An empty field in quotes, a doubled quote, or neither.
  if (random.chance(0.3)) return splice(bytes, place(), 0, Buffer.from('""'));
  const [first, second] = [place(), place()].sort((a, b) => a - b) as [number, number];
  return splice(splice(bytes, second, 0, Buffer.from('"')), first, 0, Buffer.from('"'));
}

const PIECES: readonly string[] = [
  '"',
  '""',
  '"""',
  ",",
  ";",
  "\t",
  "|",
  "\n",
  "\r",
  "\r\n",
  "\n\n",
  "\0",
  "\ufeff",
  "\u2028",
  "\u00a0",
  '",',
  ',"',
  '"\n',
  '\n"',
  "é",
  "e\u0301",
  "😀",
  "\u212a",
  "İ",
  "ﬁ",
  " ",
  "@",
  ".",
  "-",
];
const BAD_UTF8: readonly Buffer[] = [
  "c3",
  "c0af",
  "e0809f",
  "eda080",
  "f0808080",
  "f4908080",
  "80",
  "ff",
  "e282",
  "f09f98",
].map((hex) => Buffer.from(hex, "hex"));

/** Anything that may befall a file: bytes changed, cut, doubled, swapped, text that is none. */
export function anything(bytes: Buffer, from: number, random: Random): Buffer {
  let out = bytes;
  for (let left = random.pick([1, 1, 2, 3, 6]); left > 0; left--) {
    const at = random.between(Math.min(from, out.length), out.length);
    const way = random.weighted({
      piece: 5,
      flip: 3,
      byte: 2,
      utf8: 1,
      cut: 1,
      drop: 2,
      repeat: 2,
      fill: 1,
      replace: 2,
    });
    const length = random.pick([1, 2, 3, 8, 63, 64, 65, 200]);
    if (way === "piece") out = splice(out, at, random.pick([0, 0, 1]), Buffer.from(random.pick(PIECES)));
    else if (way === "flip" && at < out.length)
      out = splice(out, at, 1, Buffer.of((out[at] as number) ^ (1 << random.between(0, 7))));
    else if (way === "byte") out = splice(out, at, 1, Buffer.of(random.between(0, 255)));
    else if (way === "utf8") out = splice(out, at, 0, random.pick(BAD_UTF8));
    else if (way === "cut" && random.chance(0.3)) out = out.subarray(0, at);
    else if (way === "drop") out = splice(out, at, length, Buffer.alloc(0));
    else if (way === "repeat") out = splice(out, at, 0, out.subarray(at, at + length));
    else if (way === "fill")
      out = splice(out, at, 0, Buffer.from(random.pick([" ", "x", '"', "\n", ",", "é"]).repeat(length)));
    else if (way === "replace") out = everywhere(out, from, random);
  }
  return out;
}

/** One byte for another throughout: all line ends, all quotes. */
function everywhere(bytes: Buffer, from: number, random: Random): Buffer {
  const [old, put] = random.pick([
    ["\n", "\r"],
    ["\n", "\r\n"],
    ["\r\n", "\n"],
    ['"', "'"],
    ['"', '""'],
    [",", ","],
  ] as const);
  const text = bytes.subarray(from).toString("latin1").replaceAll(old, put);
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(text, "latin1")]);
}
