import { count } from "../api/views/words.ts";
import { markAt } from "./page-marks.ts";
import { html, type Markup } from "./page-markup.ts";
import type { AttributeReport, FileReport } from "./report.ts";
import { mismatched } from "./report.ts";
import { loudness } from "./words.ts";

const WIDE = 300;
const MIDDLE = WIDE / 2;
const HIGH = 40;
const LONGEST = 124;
/** Length for as many people as the owner has. */
const WHOLE = LONGEST * 3;

/** Square-root length, so that a small leak stays visible; capped. */
function barLength(n: number, ownerPeople: number): { readonly px: number; readonly capped: boolean } {
  const px = Math.sqrt(n / Math.max(n, ownerPeople, 1)) * WHOLE;
  return px > LONGEST ? { px: LONGEST, capped: true } : { px: Math.max(3, Math.round(px)), capped: false };
}

/** One copy against the owner: missing people hang left of the line, extra people right, agreement is a bare line. */
export function plumbGlyph(f: FileReport, ownerPeople: number): Markup {
  const owner = f.owner;
  const known = f.missing !== null && f.extra !== null;
  const line = known
    ? html`<path d="M${MIDDLE} 0V${HIGH}" stroke="${owner ? "var(--ink)" : "var(--bar)"}" stroke-width="1.5"/>`
    : html`<path d="M${MIDDLE} 0V${HIGH}" stroke="var(--edge)" stroke-width="1.5" stroke-dasharray="3 3"/>`;
  return html`<svg viewBox="0 0 ${WIDE} ${HIGH}" aria-hidden="true" focusable="false">${line}${inside(f, ownerPeople, known)}</svg>`;
}

function inside(f: FileReport, ownerPeople: number, known: boolean): Markup | readonly Markup[] {
  const word = (text: string): Markup => html`<text class="quiet" x="${MIDDLE + 12}" y="24">${text}</text>`;
  if (!known) return [markAt("cant_tell", MIDDLE, 20), word("can’t tell")];
  if (f.owner) return [markAt("owner", MIDDLE, 20), word("owner")];
  if (f.missing === 0 && f.extra === 0) return word("same people");
  return [side("missing", f.missing ?? 0, ownerPeople), side("extra", f.extra ?? 0, ownerPeople)];
}

function side(kind: "missing" | "extra", n: number, ownerPeople: number): Markup {
  if (n === 0) return html``;
  const loud = loudness(n, ownerPeople);
  const { px, capped } = barLength(n, ownerPeople);
  const left = kind === "missing";
  const out = left ? -1 : 1;
  const start = MIDDLE + out;
  const fill = loud === null ? "var(--mark)" : `var(--${loud}-mark)`;
  const end = start + out * px;
  const tip = capped ? `H${end - out * 5}L${end} 29L${end - out * 5} 32` : `H${end}V32`;
  const text = `${left ? "−" : "+"}${count(n)}`;
  return html`<path d="M${start} 26${tip}H${start}z" fill="${fill}"/><text x="${MIDDLE + out * 6}" y="18" text-anchor="${left ? "end" : "start"}" class="${loud === null ? "soft" : `t-${loud}`}">${text}</text>${loud === null ? null : markAt(loud, MIDDLE + out * (LONGEST + 14), 14)}`;
}

/** How one attribute agrees: filled the same, coloured different, hollow empty on one side. */
export function fieldBar(a: AttributeReport): Markup {
  const wide = 160;
  const off = mismatched(a);
  // Whoever differs stays visible beside a million who do not.
  const scale = (n: number): number =>
    n === 0 ? 0 : Math.max(2, Math.round((n / Math.max(1, a.compared)) * wide));
  const differ = scale(a.differ);
  const empty = scale(a.emptyHere + a.emptyAtOwner);
  const same = off === 0 ? (a.compared === 0 ? 0 : wide) : Math.max(0, wide - differ - empty);
  return html`<svg viewBox="0 0 ${wide} 10" aria-hidden="true" focusable="false"><rect x=".5" y=".5" width="${wide - 1}" height="9" fill="none" stroke="var(--edge)"/><rect width="${same}" height="10" fill="var(--bar)"/><rect x="${same}" width="${differ}" height="10" fill="var(--look-mark)"/></svg>`;
}
