import { escapeHtml as e } from "../escape.ts";
import { shareOfDecisions } from "./decisions.ts";
import { alarm, coming, consent, noise, trust } from "./html-lower.ts";
import { COLOUR, heading, link, SANS, SERIF, section } from "./html-parts.ts";
import type { Report } from "./model.ts";
import { SPARKLINE_SIZE } from "./sparkline.ts";

/** Address of a picture by its id; null: show none. */
export type ImageOf = (id: string) => string | null;

const PHONE = `@media (max-width:520px){.fig{display:inline-block!important;width:48%!important;box-sizing:border-box;border-left:0!important;padding-left:0!important}.spark{display:none!important}.pad{padding-left:16px!important;padding-right:16px!important}.verdict{font-size:22px!important;line-height:29px!important}}`;

/**
 * The report for a mail program: tables, inline styles, one column of 600 px, system fonts where ours are missing.
 * Every text that comes from outside is escaped; there is no script, no form, nothing loaded from elsewhere.
 */
export function reportHtml(report: Report, image: ImageOf): string {
  const body = [
    letterhead(report, image),
    verdict(report),
    figures(report),
    section(
      "Needs your decision",
      report.decisions.length === 0 ? null : shareOfDecisions(report.decisions.length, report.decisionsTotal),
      decisions(report),
    ),
    section("What changed", "before, now; line: 8 weeks", changed(report, image)),
    section("What was fixed", null, fixed(report)),
    section("Consent safety", null, consent(report)),
    section("Can you trust these numbers?", null, trust(report)),
    section("Noise", null, noise(report)),
    section("Coming up", null, coming(report)),
    footer(report),
  ].join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light"><meta name="format-detection" content="telephone=no,date=no,address=no"><title>${e(report.subject)}</title><style>${PHONE}</style></head>
<body style="margin:0;padding:0;background:#FFFFFF;color:${COLOUR.ink};font-family:${SANS};font-size:14px;line-height:21px">
<div style="display:none;max-height:0;overflow:hidden">${e(report.preheader)}${"&#8199;&#847; ".repeat(60)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse"><tr><td align="center">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;width:100%;max-width:600px"><tr><td class="pad" style="padding:20px 28px 28px;text-align:left">
${body}</td></tr></table></td></tr></table></body></html>`;
}

function letterhead(r: Report, image: ImageOf): string {
  const bob = image("bob");
  const mark =
    bob === null
      ? ""
      : `<img src="${e(bob)}" width="12" height="16" alt="" style="vertical-align:-2px;margin-right:8px">`;
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td style="font-weight:600;font-size:15px;white-space:nowrap">${mark}Plumbline</td><td align="right" style="color:${COLOUR.ink3};font-size:12px">${e(r.company)}, ${e(r.range)}</td></tr></table>`;
}

const verdict = (r: Report): string =>
  `<h1 class="verdict" style="margin:16px 0 20px;font-family:${SERIF};font-size:26px;line-height:34px;font-weight:400">${r.verdict.map((p) => (p.strong ? `<b style="font-weight:600">${e(p.text)}</b>` : e(p.text))).join("")}</h1>`;

function figures(r: Report): string {
  const cells = r.figures.map((f, i) => {
    const long = f.value.length > 8;
    return `<td class="fig" valign="top" width="25%" style="padding:12px 8px 12px ${i === 0 ? 0 : 12}px;${i === 0 ? "" : `border-left:1px solid ${COLOUR.line};`}font-size:12px;line-height:16px"><div style="font-size:${long ? 16 : 23}px;line-height:28px;font-weight:600">${e(f.value)}</div>${e(f.label)}<br><span style="color:${COLOUR.ink3}">${e(f.note)}</span></td>`;
  });
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-top:1px solid ${COLOUR.line};border-bottom:1px solid ${COLOUR.line}"><tr>${cells.join("")}</tr></table>`;
}

function decisions(r: Report): string {
  if (r.decisions.length === 0)
    return `<p style="margin:8px 0 0;color:${COLOUR.ink2}">Nothing waits for you.</p>`;
  return r.decisions
    .map(
      (d) => `<div style="padding:8px 0 10px">${heading(d.question)}
<p style="margin:4px 0 8px;color:${COLOUR.ink2}">${e(d.text)} <b style="color:${COLOUR.ink}">If nobody decides:</b> ${e(d.cost)}</p>
<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="${COLOUR.ink}" style="border-radius:4px"><a href="${e(d.url)}" style="display:inline-block;padding:9px 16px;white-space:nowrap;color:#FFFFFF;text-decoration:none;font-weight:500">${e(d.button)}</a></td><td style="padding-left:12px;color:${COLOUR.ink3};font-size:12px;line-height:16px">${d.deadline === null ? "No deadline known." : `Decide ${e(d.deadline)}.`}</td></tr></table></div>`,
    )
    .join("");
}

function changed(r: Report, image: ImageOf): string {
  if (r.changed.length === 0)
    return `<p style="margin:8px 0 0;color:${COLOUR.ink2}">Nothing moved this week.</p>`;
  const rows = r.changed.map((c, i) => {
    const src = image(`line-${i}`);
    const picture =
      src === null
        ? ""
        : `<img src="${e(src)}" width="${SPARKLINE_SIZE.width}" height="${SPARKLINE_SIZE.height}" alt="" style="display:block">`;
    const sizes =
      c.before === null
        ? `<b style="font-weight:600">${e(c.now)}</b>`
        : `${e(c.before)} to <b style="font-weight:600">${e(c.now)}</b>`;
    return `<tr><td valign="top" width="40%" style="padding:8px 8px 8px 0;border-bottom:1px solid ${COLOUR.line}"><b style="font-weight:500">${alarm(c.mark)}${e(c.title)}</b> <span style="color:${COLOUR.ink3};font-size:12px">${e(c.system)}</span><br><span style="font-size:13px">${sizes}</span></td><td class="spark" valign="middle" width="120" style="padding:4px 8px;border-bottom:1px solid ${COLOUR.line}">${picture}</td><td valign="top" style="padding:8px 0;border-bottom:1px solid ${COLOUR.line};color:${COLOUR.ink2};font-size:12px;line-height:16px">${e(c.note)}</td></tr>`;
  });
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">${rows.join("")}</table>`;
}

function fixed(r: Report): string {
  if (r.fixed.length === 0)
    return `<p style="margin:8px 0 0;color:${COLOUR.ink2}">No repair was applied this week.</p>`;
  const rows = r.fixed.map(
    (f) =>
      `<tr><td valign="top" width="56" style="padding:8px 8px 8px 0;border-bottom:1px solid ${COLOUR.line}">${link(f.url, f.id)}</td><td valign="top" style="padding:8px 8px 8px 0;border-bottom:1px solid ${COLOUR.line}">${e(f.text)}<br><span style="color:${COLOUR.ink3};font-size:12px">${e(f.by)}</span></td><td valign="top" align="right" width="150" style="padding:8px 0;border-bottom:1px solid ${COLOUR.line};color:${COLOUR.ink2};font-size:12px;line-height:16px">${e(f.undo)}</td></tr>`,
  );
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">${rows.join("")}</table>`;
}

const footer = (r: Report): string =>
  `<p style="margin:28px 0 0;padding-top:12px;border-top:1px solid ${COLOUR.line};color:${COLOUR.ink3};font-size:11px;line-height:16px">${e(r.footer)}<br>${link(`${r.url}/`, "Open Plumbline")}</p>`;
