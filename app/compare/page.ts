import { count, listed } from "../api/views/words.ts";
import { fieldBar, plumbGlyph } from "./page-glyph.ts";
import { LOGO, mark } from "./page-marks.ts";
import { html, type Markup } from "./page-markup.ts";
import { STYLE } from "./page-style.ts";
import { upset } from "./page-upset.ts";
import {
  type AttributeReport,
  type CompareReport,
  type FileReport,
  isCompared,
  mismatched,
} from "./report.ts";
import {
  counted,
  fieldWords,
  IDENTITY,
  loudness,
  matchedBy,
  USABLE,
  verdict,
  verdictText,
  worstField,
} from "./words.ts";

export type PageOptions = { readonly at: Date; readonly version: string };

const DAY_MS = 86_400_000;

const dayTime = (at: Date): string =>
  `${new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC" }).format(at)} UTC`;

/** One self-contained page: no script, nothing loaded from elsewhere, counts and column names only. */
export function comparePage(r: CompareReport, o: PageOptions): string {
  const fields = r.files.some((f) => f.attributes.length > 0);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer">
<title>${verdictText(r)}</title><style>${{ markup: STYLE }}</style></head>
<body><div class="page">
<header class="top"><span class="brand">${LOGO}Plumbline</span><span>${counted(r.files.length, "file")} compared, ${dayTime(o.at)}</span></header>
<main style="display:contents">
<div><h1>${verdict(r).map((p) => (p.strong ? html`<b>${p.text}</b>` : html`<span>${p.text}</span>`))}</h1><p class="lead">${leadText(r)}</p></div>
${cantTellBlocks(r)}
${copies(r)}
${fields ? fieldsSection(r) : null}
${r.overlap.length > 1 ? html`<section><div class="head"><h2>Who is where</h2><span class="note">each person counted once, by the files that hold them</span></div>${upset(r)}</section>` : null}
${method(r)}
</main>
<footer>Made by Plumbline ${o.version} on the computer of whoever sent it; nothing was uploaded. This page holds counts and column names, and names no person.</footer>
</div></body></html>
`;
  return page.markup;
}

function leadText(r: CompareReport): string {
  const owner = r.files.find((f) => f.owner);
  const off = r.files.filter((f) => !f.owner && isCompared(f) && (f.missing || f.extra)).length;
  const others = r.files.filter((f) => !f.owner && isCompared(f)).length;
  if (r.verdict === "cant_tell" || owner?.people == null)
    return "What was not read completely is never compared.";
  const field = off > 0 ? worstField(r) : null;
  const fields = field === null ? "" : ` Of the people in both, ${field.map((p) => p.text).join("")}`;
  const agree =
    others < 2
      ? ""
      : ` ${off === 0 ? `All ${count(others)} others hold` : off === others ? `None of the ${count(others)} others holds` : `${count(others - off)} of the ${count(others)} others ${others - off === 1 ? "holds" : "hold"}`} the same people.`;
  return `Every file is measured against ${r.owner}, which holds ${counted(owner.people, "person", "people")}.${agree}${fields}`;
}

const cantTellBlocks = (r: CompareReport): Markup | null => {
  const unread = r.files.filter((f) => f.cantTell !== null);
  if (unread.length === 0) return null;
  return html`<div class="blocks">${unread.map((f) => html`<div class="block">${mark("cant_tell")}<p><b class="name">Can’t tell for ${f.file}</b><br><span class="soft">${f.cantTell}</span></p></div>`)}</div>`;
};

function copies(r: CompareReport): Markup {
  const ownerPeople = r.files.find((f) => f.owner)?.people ?? 0;
  return html`<section><div class="head"><h2>${r.verdict === "different" ? "Where the copies disagree" : "File by file"}</h2><span class="note">left of the line: missing; right: extra; the length is drawn by square root</span></div>
<table class="stack"><thead><tr><th scope="col">File</th><th scope="col" class="num">People</th><th scope="col" class="plumb">− missing │ + extra</th><th scope="col" class="num">Rows</th><th scope="col" class="num">Duplicates</th><th scope="col" class="num">Unusable</th></tr></thead>
<tbody>${r.files.map((f) => copyRow(r, f, ownerPeople))}</tbody></table></section>`;
}

function copyRow(r: CompareReport, f: FileReport, ownerPeople: number): Markup {
  const words = f.owner
    ? "the owner"
    : f.missing === null || f.extra === null
      ? "can’t tell"
      : f.missing + f.extra === 0
        ? "same people"
        : `${count(f.missing)} missing, ${count(f.extra)} extra`;
  const number = (n: number | null, one: string, many: string): Markup =>
    html`<td class="num ${n === 0 ? "quiet" : ""} ${n === 0 || n === null ? "not-narrow" : ""}">${n === null ? "–" : count(n)}<span class="only-narrow"> ${n === 1 ? one : many}</span></td>`;
  const unusable = `without ${USABLE[r.identity]}`;
  const loud = f.owner ? null : loudness(Math.max(f.missing ?? 0, f.extra ?? 0), ownerPeople);
  return html`<tr><th scope="row"><span class="name">${f.file}</span>${f.openEnd ? html`<br><span class="note">its last line has no line break and may be cut off</span>` : null}</th><td class="num ${loud === null ? "" : `t-${loud}`}">${f.people === null ? "not known" : count(f.people)}<span class="only-narrow"> people</span></td>
<td class="plumb ${loud === null ? "" : `tint-${loud}`}"><span class="hidden">${words}</span>${plumbGlyph(f.cantTell === null ? f : { ...f, missing: null, extra: null }, ownerPeople)}</td>
${number(f.rows, "row", "rows")}${number(f.duplicates, "duplicate", "duplicates")}${number(f.unusable, unusable, unusable)}</tr>`;
}

function fieldsSection(r: CompareReport): Markup {
  const all = r.files.filter(isCompared).flatMap((f) => f.attributes.map((a) => ({ f, a })));
  const rows = all
    .filter(({ a }) => mismatched(a) > 0 || a.compared === 0)
    .toSorted((x, y) => mismatched(y.a) - mismatched(x.a));
  const agree = r.files.flatMap((f) => {
    const names = f.attributes.filter((a) => mismatched(a) === 0 && a.compared > 0).map((a) => a.name);
    return names.length === 0 ? [] : [`${listed(names)} in ${f.file}`];
  });
  const table = html`<table class="stack fields"><thead><tr><th scope="col">Attribute</th><th scope="col">File</th><th scope="col">Agreement</th><th scope="col" class="num">In both</th><th scope="col">What differs</th></tr></thead><tbody>${rows.map(({ f, a }) => fieldRow(r, f, a))}</tbody></table>`;
  return html`<section><div class="head"><h2>Attributes</h2><span class="note">of the people in both this file and ${r.owner}; filled: the same, coloured: another value, hollow: empty on one side</span></div>
${rows.length > 0 ? table : null}${agree.length > 0 ? html`<p class="agree">${mark("fine")}<span>The same for everybody in both: ${agree.join("; ")}.</span></p>` : null}</section>`;
}

function fieldRow(r: CompareReport, f: FileReport, a: AttributeReport): Markup {
  const loud = loudness(mismatched(a), a.compared);
  return html`<tr><th scope="row" class="name">${a.name}</th><td class="name soft">${f.file}</td><td class="bar">${fieldBar(a)}</td><td class="num soft">${count(a.compared)}<span class="only-narrow"> in both</span></td><td class="${loud === null ? "" : `t-${loud}`}">${fieldWords(a, r.owner).slice(a.name.length + 1)}</td></tr>`;
}

function method(r: CompareReport): Markup {
  const renamed = r.files.flatMap((f) =>
    f.attributes.filter((a) => a.column !== a.name).map((a) => `${a.name} is “${a.column}” in ${f.file}`),
  );
  const changed = r.files.flatMap((f) =>
    f.changedAt === null ? [] : [{ file: f.file, at: new Date(f.changedAt) }],
  );
  const times = changed.map((c) => c.at.getTime());
  const apart = times.length > 1 ? Math.floor((Math.max(...times) - Math.min(...times)) / DAY_MS) : 0;
  return html`<section><div class="head"><h2>How it was compared</h2></div><dl>
<dt>People matched by</dt><dd>${matchedBy(r)}</dd>
<dt>Same person means</dt><dd>${SAME[r.identity]}</dd>
${renamed.length > 0 ? html`<dt>Columns</dt><dd>${listed(renamed)}</dd>` : null}
<dt>Values</dt><dd>Compared as written, without spaces around them. Of several rows of one person the first counts.</dd>
<dt>Files last changed</dt><dd>${changed.map((c) => html`<span class="name">${c.file}</span>: ${dayTime(c.at)}<br>`)}${apart > 0 ? html`<b>${counted(apart, "day")} apart:</b> some differences may only be the time between.` : null}</dd>
<dt>Duplicates</dt><dd>Rows of somebody who has an earlier row in the same file; they are not a difference between files.</dd>
<dt>Unusable</dt><dd>Rows without ${USABLE[r.identity]}: they name nobody and are left out.</dd>
</dl></section>`;
}

const SAME: Readonly<Record<CompareReport["identity"], string>> = {
  email: `the same ${IDENTITY.email}; upper and lower case and spaces around it do not matter, dots and +tags do`,
  phone: `the same ${IDENTITY.phone} in its international form; numbers without a country code are unusable`,
  customer_id: `the same ${IDENTITY.customer_id}; spaces around it do not matter, upper and lower case do`,
};
