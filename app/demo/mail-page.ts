import { escapeHtml } from "../../alerts/escape.ts";
import { dayAndTime } from "../../alerts/when.ts";
import type { Instant } from "../../core/model.ts";
import { page } from "./page-shell.ts";

/** A mail as the demo's catcher keeps it. */
export type ShownMail = {
  readonly id: number;
  readonly receivedAt: Instant;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly bytes: number;
};

const CSS = `
.box{display:grid;grid-template-columns:300px minmax(0,1fr);gap:36px;padding-top:12px}
.box ul{list-style:none;margin:0;padding:0}
.box li a{display:block;padding:10px 12px;border-bottom:1px solid var(--line);color:var(--ink);text-decoration:none;overflow-wrap:anywhere}
.box li a[aria-current]{background:var(--sunk);box-shadow:inset 3px 0 0 var(--ink)}
.box li b{display:block;font-weight:500}
.head{margin-bottom:12px}.head h2{font-size:17px;line-height:24px;font-weight:600;margin:0 0 4px;overflow-wrap:anywhere}
iframe{width:100%;height:2400px;border:1px solid var(--line);border-radius:6px;background:#fff}
@media (max-width:860px){.box{grid-template-columns:1fr}}
`;

/** The list of received mails, with one of them opened in a frame that may run nothing. */
export function mailPage(
  mails: readonly ShownMail[],
  opened: ShownMail | null,
  part: "html" | "text",
  timezone: string,
): string {
  const items = mails.map(
    (m) =>
      `<li><a href="/demo/mail?open=${m.id}"${m.id === opened?.id ? ' aria-current="true"' : ""}><b>${escapeHtml(m.subject)}</b><span class="quiet">${escapeHtml(dayAndTime(m.receivedAt, timezone))}, ${Math.ceil(m.bytes / 1024)} kB</span></a></li>`,
  );
  const body = `<div class="title"><h1>Mailbox</h1><span class="quiet">${mails.length} ${mails.length === 1 ? "mail" : "mails"}, newest first; caught on this machine</span></div>
${opened === null ? '<p class="empty">No mail yet. The weekly report goes out once the demo’s history is made; <code>plumbline report --send</code> sends it at once.</p>' : `<div class="box"><ul>${items.join("")}</ul><section>${openedHtml(opened, part)}</section></div>`}`;
  return page({ title: "Mailbox", current: "mail", css: CSS, wide: true, body });
}

function openedHtml(m: ShownMail, part: "html" | "text"): string {
  const other =
    part === "html"
      ? `<a href="/demo/mail?open=${m.id}&amp;part=text">Show the text part</a>`
      : `<a href="/demo/mail?open=${m.id}">Show the HTML part</a>`;
  const frame = part === "html" ? `/demo/mail/${m.id}` : `/demo/mail/${m.id}/text`;
  return `<div class="head"><h2>${escapeHtml(m.subject)}</h2><span class="quiet">From ${escapeHtml(m.from)} to ${escapeHtml(m.to.join(", "))}. ${other}</span></div>
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="${escapeHtml(m.subject)}" src="${frame}"></iframe>`;
}
