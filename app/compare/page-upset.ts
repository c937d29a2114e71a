import { count } from "../api/views/words.ts";
import { html, type Markup } from "./page-markup.ts";
import type { CompareReport } from "./report.ts";
import { isCompared } from "./report.ts";
import { counted, groupName, loudness } from "./words.ts";

type Group = CompareReport["overlap"][number];

const COLUMN = 46;
/** Columns that have room for their name above. */
const NAMED_COLUMN = 104;
const NAMED_MOST = 3;
const TOP = 50;
const HIGH = 104;
const ROW = 22;
/** Of the words about the second scale. */
const SCALE_WIDE = 220;
/** Of one letter of a file's name. */
const LETTER = 7.4;
const MOST = 12;
const NAME = 24;
const TABLE_MOST = 100;

/** Everyone first, then by size: the order in which people ask. */
export const ordered = (groups: readonly Group[], files: number): Group[] =>
  groups.toSorted(
    (a, b) => Number(b.files.length === files) - Number(a.files.length === files) || b.people - a.people,
  );

/** Groups from this one on are under a twentieth of the largest and get a scale of their own; null: one scale is enough. */
export function smallFrom(groups: readonly Group[]): number | null {
  const largest = Math.max(0, ...groups.map((g) => g.people));
  const from = groups.findIndex((g) => g.people < largest / 20);
  return from < 1 || groups.slice(from).some((g) => g.people >= largest / 20) ? null : from;
}

/** Each person counted once, by the files that hold them: a column a group, a row a file. */
export function upset(r: CompareReport): Markup {
  const files = r.files.filter(isCompared);
  const names = files.map((f) => f.file);
  const all = ordered(r.overlap, files.length);
  const groups = all.slice(0, MOST);
  const rest = all.slice(MOST);
  return html`<figure>
<div class="scroll" tabindex="0" role="region" aria-label="Overlap chart">${drawing(r, groups, names)}</div>
${
  rest.length > 0
    ? html`<p class="note">${counted(
        rest.reduce((n, g) => n + g.people, 0),
        "more person",
        "more people",
      )} in ${counted(rest.length, "smaller group")}.</p>`
    : null
}
<details><summary>The same as a table</summary><table><thead><tr><th scope="col">Held by</th><th scope="col" class="num">People</th></tr></thead><tbody>${all
    .slice(0, TABLE_MOST)
    .map(
      (g) =>
        html`<tr><th scope="row" class="name">${groupName(g.files, names)}</th><td class="num">${count(g.people)}</td></tr>`,
    )}</tbody></table></details>
</figure>`;
}

function drawing(r: CompareReport, groups: readonly Group[], names: readonly string[]): Markup {
  const small = smallFrom(groups);
  const largest = Math.max(1, ...groups.map((g) => g.people));
  const smallMost =
    small === null ? largest : Math.max(1, ...groups.slice(small).map((g) => g.people)) * 1.25;
  const named = Math.min(NAMED_MOST, small ?? 1);
  const left = Math.ceil(Math.max(...names.map((n) => [...short(n)].length)) * LETTER) + 76;
  const x = (i: number): number =>
    left +
    56 +
    Math.min(i, named - 1) * NAMED_COLUMN +
    (i >= named ? 76 + (i - named) * COLUMN : 0) +
    (small !== null && i >= small ? 16 : 0);
  const width = Math.max(x(groups.length - 1) + 34, small === null ? 0 : x(small) + SCALE_WIDE);
  const base = TOP + HIGH;
  const rowY = (row: number): number => base + 22 + row * ROW;
  const ownerPeople = r.files.find((f) => f.owner)?.people ?? 0;
  const height = rowY(names.length) - 6;
  const columns = groups.map((g, i) => {
    const isSmall = small !== null && i >= small;
    const high = Math.max(1.5, (g.people / (isSmall ? smallMost : largest)) * (HIGH - 26));
    const whole = g.files.length === names.length;
    const loud = whole ? null : loudness(g.people, ownerPeople);
    const fill = whole ? "var(--ink)" : loud === null ? "var(--mark)" : `var(--${loud}-mark)`;
    const rows = names.flatMap((n, row) => (g.files.includes(n) ? [row] : []));
    const [first = 0, last = 0] = [rows[0], rows.at(-1)];
    return html`<rect x="${x(i) - 13}" y="${base - high}" width="26" height="${high}" fill="${fill}"/>
<text x="${x(i)}" y="${base - high - 6}" text-anchor="middle" class="${loud === null ? (i === 0 ? "b" : "") : `t-${loud}`}">${count(g.people)}</text>
${i < named ? html`<text x="${x(i)}" y="${base - high - 21}" text-anchor="middle" class="s">${short(groupName(g.files, names))}</text>` : null}
${rows.length > 1 ? html`<path d="M${x(i)} ${rowY(first)}V${rowY(last)}" stroke="var(--ink)" stroke-width="1.5"/>` : null}
${names.map((n, row) => (g.files.includes(n) ? html`<circle cx="${x(i)}" cy="${rowY(row)}" r="4.6" fill="var(--ink)"/>` : html`<circle cx="${x(i)}" cy="${rowY(row)}" r="4.1" fill="var(--bg)" stroke="var(--line-2)"/>`))}`;
  });
  const scale =
    small === null
      ? null
      : html`<text class="s" x="${x(small) - 13}" y="12">small groups: bars ${count(Math.max(2, Math.round(largest / smallMost)))} times taller</text><path d="M${x(small) - 34} ${base + 6}l6 -12m3 12l6 -12" stroke="var(--ink-2)" fill="none"/>`;
  const summary = `${counted(groups.length, "group")}; the first is ${count(groups[0]?.people ?? 0)} ${groupName(groups[0]?.files ?? [], names)}`;
  return html`<svg role="img" aria-label="${summary}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
${names.map((_, row) => (row % 2 === 0 ? html`<rect x="0" y="${rowY(row) - 11}" width="${width}" height="${ROW}" fill="var(--sunk)"/>` : null))}
<path d="M${left - 2} ${base + 0.5}H${width}" stroke="var(--line-2)"/>${scale}
${names.map((n, row) => html`<text x="4" y="${rowY(row) + 4}" class="${n === r.owner ? "b" : ""}">${short(n)}</text><text x="${left - 14}" y="${rowY(row) + 4}" text-anchor="end" class="soft">${count(r.files.find((f) => f.file === n)?.people ?? 0)}</text>`)}
${columns}</svg>`;
}

/** Keeps both ends, where names of exports differ. */
const short = (name: string): string => {
  const letters = [...name];
  return letters.length <= NAME ? name : `${letters.slice(0, 12).join("")}…${letters.slice(-11).join("")}`;
};
