import { count } from "../api/views/words.ts";
import { type CompareReport, type FileReport, isCompared, mismatched } from "./report.ts";
import { counted, fieldSentences, fileNotes, groupName, loudness, matchedBy, verdictText } from "./words.ts";

const SIDE = 9;
const LABEL_MOST = 32;
const GROUPS = 12;
const BAR = 24;

/** East Asian letters take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const widthOf = (text: string): number =>
  [...text].reduce((n, c) => n + (/\p{M}/u.test(c) ? 0 : WIDE.test(c) ? 2 : 1), 0);
const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));
const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - widthOf(text))) + text;

/** Keeps both ends, where names of exports differ. */
function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const all = [...text];
  let tail = Math.floor((width - 1) / 2);
  let head = width - 1 - tail;
  const made = () => `${all.slice(0, head).join("")}…${all.slice(all.length - tail).join("")}`;
  while (widthOf(made()) > width && head > 1) {
    head--;
    tail = Math.max(1, tail - 1);
  }
  return made();
}

/** Breaks at spaces; further lines stand under the first. */
function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width - indent.length) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((l) => indent + l).join("\n");
}

/** One side of the plumb line in characters: square-root length, one person visible, capped with an arrow. */
function side(n: number, ownerPeople: number): { readonly length: number; readonly capped: boolean } {
  if (n === 0) return { length: 0, capped: false };
  const length = Math.sqrt(n / Math.max(n, ownerPeople)) * SIDE * 3;
  return { length: Math.max(0.5, Math.min(SIDE, length)), capped: length > SIDE };
}

/** Missing people hang left of the line, extra people right; agreement is a bare line. */
export function glyph(f: FileReport, ownerPeople: number): string {
  const bare = " ".repeat(SIDE);
  if (f.owner) return `${bare}●${bare}`;
  if (f.missing === null || f.extra === null) return `${bare}○${bare}`;
  const [left, right] = [side(f.missing, ownerPeople), side(f.extra, ownerPeople)];
  const bar = ({ length, capped }: typeof left, half: string, arrow: string): string[] => {
    const cells = "█".repeat(Math.floor(length)) + (length % 1 >= 0.5 || length < 1 ? half : "");
    return [...(length === 0 ? "" : capped ? "█".repeat(SIDE - 1) + arrow : cells)].slice(0, SIDE);
  };
  const missing = bar(left, "▐", "◀").reverse().join("");
  return `${missing.padStart(SIDE)}│${bar(right, "▌", "▶").join("").padEnd(SIDE)}`;
}

/**
 * The report as lines of text; no colour.
 *
 * @param width columns of the terminal; below 90 the drawing is left out, never a number
 */
export function compareText(r: CompareReport, width: number): string {
  const mark =
    r.verdict === "same" ? "✓" : r.verdict === "cant_tell" ? "○" : loudest(r) === "act" ? "◆" : "▲";
  const lines = [
    wrapped(`${mark} ${verdictText(r)}`, width, ""),
    wrapped(`Matched by ${matchedBy(r)}`, width, "  "),
    "",
  ];
  lines.push(...fileLines(r, width));
  const compared = r.files.filter(isCompared).map((f) => f.file);
  if (r.overlap.length > 1 || compared.length > 2) lines.push("", ...overlapLines(r, compared, width));
  return `${lines.map((l) => l.trimEnd()).join("\n")}\n`;
}

function loudest(r: CompareReport): "act" | "look" | null {
  const size = r.files.find((f) => f.owner)?.people ?? 0;
  const marks = r.files
    .flatMap((f) => [f.missing ?? 0, f.extra ?? 0, ...f.attributes.map(mismatched)])
    .map((n) => loudness(n, size));
  return marks.includes("act") ? "act" : "look";
}

function fileLines(r: CompareReport, width: number): string[] {
  const ownerPeople = r.files.find((f) => f.owner)?.people ?? 0;
  const compared = r.files.filter(isCompared);
  const rows = r.files.map((f) => ({
    f,
    label: shortened(f.file, Math.min(LABEL_MOST, Math.floor(width / 3))),
    people: f.people === null ? "" : counted(f.people, "person", "people"),
    missing: f.missing ? `${count(f.missing)} missing` : "",
    extra: f.extra ? `${count(f.extra)} extra` : "",
  }));
  const most = (key: "label" | "people" | "missing" | "extra"): number =>
    Math.max(...rows.map((row) => widthOf(row[key])));
  const columns = {
    label: most("label"),
    people: most("people"),
    missing: most("missing"),
    extra: most("extra"),
  };
  const said = Math.max(columns.missing + columns.extra + 2, "same people".length);
  const drawn =
    compared.length > 1 && width >= 90 && columns.label + columns.people + said + 2 * SIDE + 7 <= width;
  return rows.flatMap(({ f, label, people, missing, extra }) => {
    if (f.cantTell !== null)
      return [`${padEnd(label, columns.label)}  ○ can’t tell`, wrapped(f.cantTell, width, "  ")];
    const cells = [padEnd(label, columns.label), padStart(people, columns.people)];
    if (f.owner) cells.push(padEnd("(owner)", said));
    else if (!missing && !extra) cells.push(padEnd("same people", said));
    else cells.push(padEnd(`${padStart(missing, columns.missing)}  ${padStart(extra, columns.extra)}`, said));
    if (drawn) cells.push(glyph(f, ownerPeople));
    const notes = fileNotes(f, r.identity).join("; ");
    const line = cells.join("  ");
    const fits = notes !== "" && widthOf(line) + 2 + widthOf(notes) <= width;
    return [
      fits ? `${line}  ${notes}` : line,
      ...(notes !== "" && !fits ? [wrapped(notes, width, "  ")] : []),
      ...fieldSentences(f, r.owner).map((words) => wrapped(words, width, "  ")),
    ];
  });
}

function overlapLines(r: CompareReport, compared: readonly string[], width: number): string[] {
  const all = compared.length;
  const groups = r.overlap.toSorted(
    (a, b) => Number(b.files.length === all) - Number(a.files.length === all) || b.people - a.people,
  );
  const shown = groups.slice(0, GROUPS);
  const digits = Math.max(...shown.map((g) => count(g.people).length));
  const largest = Math.max(1, ...shown.map((g) => g.people));
  const rest = groups.slice(GROUPS);
  return [
    "Who is where, each person once",
    ...shown.map((g) => {
      const name = shortened(groupName(g.files, compared), Math.max(20, width - digits - BAR - 6));
      const bar =
        width >= 90 ? padEnd("█".repeat(Math.round((g.people / largest) * BAR)) || "▏", BAR + 2) : "";
      return `  ${count(g.people).padStart(digits)}  ${bar}${name}`;
    }),
    ...(rest.length > 0
      ? [
          `  ${counted(
            rest.reduce((n, g) => n + g.people, 0),
            "person",
            "people",
          )} in ${counted(rest.length, "smaller group")}`,
        ]
      : []),
  ];
}
