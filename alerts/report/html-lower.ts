import { escapeHtml as e } from "../escape.ts";
import { COLOUR } from "./html-parts.ts";
import type { Mark, Report } from "./model.ts";

/** Shape first, colour second: diamond, triangle, dashed circle; nothing where all is well. */
export function alarm(mark: Mark): string {
  if (mark === "act") return `<span style="color:${COLOUR.act}">&#9670;</span> `;
  if (mark === "look") return `<span style="color:${COLOUR.look}">&#9650;</span> `;
  return mark === "cant_tell" ? `<span style="color:${COLOUR.edge}">&#9676;</span> ` : "";
}

export function consent(r: Report): string {
  const { consent: c } = r;
  const note = `<p style="margin:8px 0 0;color:${COLOUR.ink2};font-size:12px;line-height:16px">${e(c.note)}</p>`;
  if (c.rows.length === 0) return note;
  const head = ["System", c.startLabel, "Peak", c.endLabel]
    .map(
      (t, i) =>
        `<th scope="col" align="${i === 0 ? "left" : "right"}" width="${i === 0 ? 34 : 22}%" style="padding:4px 0;border-bottom:1px solid ${COLOUR.line};color:${COLOUR.ink3};font-size:12px;font-weight:400">${e(t)}</th>`,
    )
    .join("");
  const rows = c.rows.map((row) => {
    const cell = (text: string, alarmed: boolean) =>
      `<td align="right" style="padding:6px 0;border-bottom:1px solid ${COLOUR.line}">${alarmed ? `<b style="color:${COLOUR.act};font-weight:600">&#9670; ${e(text)}</b>` : e(text)}</td>`;
    return `<tr><td style="padding:6px 0;border-bottom:1px solid ${COLOUR.line}">${e(row.system)}</td>${cell(row.start, false)}${cell(row.peak, row.alarm)}${cell(row.end, row.alarm && row.end !== "0" && row.end !== "can’t tell")}</tr>`;
  });
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse"><tr>${head}</tr>${rows.join("")}</table>${note}`;
}

export function trust(r: Report): string {
  const score = r.score === null ? "" : `<p style="margin:8px 0;color:${COLOUR.ink2}">${e(r.score)}</p>`;
  if (r.trust.length === 0)
    return `${score}<p style="margin:8px 0 0;color:${COLOUR.ink2}">No: nothing was read this week.</p>`;
  const rows = r.trust.map(
    (t) =>
      `<tr><td style="padding:6px 0;border-bottom:1px solid ${COLOUR.line}"><span style="color:${t.whole ? COLOUR.ok : COLOUR.edge}">${t.whole ? "&#10003;" : "&#9676;"}</span>&nbsp; ${e(t.systems)}</td><td align="right" style="padding:6px 0;border-bottom:1px solid ${COLOUR.line};color:${COLOUR.ink2};font-size:12px">${e(t.text)}</td></tr>`,
  );
  return `${score}<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">${rows.join("")}</table>`;
}

export const noise = (r: Report): string =>
  `<p style="margin:8px 0 0;color:${COLOUR.ink2}">${e(r.noise)}</p>`;

export function coming(r: Report): string {
  if (r.coming.length === 0)
    return `<p style="margin:8px 0 0;color:${COLOUR.ink2}">Nothing is planned that Plumbline knows of.</p>`;
  const rows = r.coming.map(
    (c) =>
      `<tr><td valign="top" width="150" style="padding:3px 12px 3px 0;color:${COLOUR.ink3};white-space:nowrap">${e(c.when)}</td><td style="padding:3px 0;color:${COLOUR.ink2}">${e(c.what)}</td></tr>`,
  );
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-top:4px">${rows.join("")}</table>`;
}
