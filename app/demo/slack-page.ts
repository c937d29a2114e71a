import { escapeHtml } from "../../alerts/escape.ts";
import { clockTime, dayAndTime } from "../../alerts/when.ts";
import type { Instant } from "../../core/model.ts";
import { BOB, page } from "./page-shell.ts";
import { blockHtml } from "./slack-blocks.ts";

/** A message as the demo's Slack keeps it. `versions` is what was shown before each edit. */
export type ShownMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly at: Instant;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly versions: readonly { readonly at: Instant }[];
};

const CSS = `
.message{display:grid;grid-template-columns:40px 1fr;gap:0 16px;padding:16px 0;border-bottom:1px solid var(--line)}
.face{width:40px;height:40px;border:1px solid var(--line-2);border-radius:6px;display:grid;place-items:center}
.by{color:var(--ink-3);font-size:12px}.by b{color:var(--ink);font-size:14px;font-weight:600}
.chip{border:1px solid var(--line-2);border-radius:4px;padding:0 6px;margin-left:8px;color:var(--ink-2)}
.message h2{font-size:17px;line-height:24px;font-weight:600;margin:2px 0 4px;overflow-wrap:anywhere}
.message p{margin:0 0 4px;color:var(--ink-2);white-space:pre-line;overflow-wrap:anywhere}.message p b{color:var(--ink)}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:6px 24px;margin:8px 0;padding:0}
.fields div{overflow-wrap:anywhere}.fields span{display:block;color:var(--ink-3);font-size:12px;line-height:16px}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:10px 0 8px}
.actions a{border:1px solid var(--line-2);border-radius:4px;padding:5px 12px;color:var(--ink);text-decoration:none;font-weight:500}
.actions a.primary{background:#00695a;border-color:#00695a;color:#fff}
.context{color:var(--ink-3);font-size:12px;line-height:16px;overflow-wrap:anywhere}
details{margin-top:6px;font-size:13px}summary{color:var(--link);cursor:pointer}summary:focus-visible{outline:2px solid var(--link)}
.reply{padding:6px 0 2px 12px;border-left:2px solid var(--line)}.reply p{margin:0}
`;

const STATE: Readonly<Record<string, string>> = {
  "◆": "open",
  "◇": "in hand",
  "✓": "resolved, peak kept",
  "↻": "again",
  "○": "can’t tell",
  "→": "told again",
};
const SHOWN = 60;

export function slackPage(messages: readonly ShownMessage[], timezone: string): string {
  const roots = messages.filter((m) => m.threadTs === null).toReversed();
  const shown = roots.slice(0, SHOWN);
  const list = shown
    .map((m) =>
      messageHtml(
        m,
        messages.filter((r) => r.threadTs === m.ts && r.channel === m.channel),
        timezone,
      ),
    )
    .join("");
  const body = `<div class="title"><h1># audience-alerts</h1><span class="quiet">${roots.length} messages, newest first; one per incident, updated in place</span></div>
${list || '<p class="empty">Nothing was told yet. Messages appear when an audit finds something.</p>'}
${roots.length > SHOWN ? `<p class="quiet">${roots.length - SHOWN} older messages are not shown.</p>` : ""}`;
  return page({ title: "Slack channel", current: "slack", css: CSS, body });
}

function messageHtml(m: ShownMessage, replies: readonly ShownMessage[], timezone: string): string {
  const first = m.versions[0]?.at ?? m.at;
  const edited = m.versions.length > 0 ? `, edited ${escapeHtml(clockTime(m.at, timezone))}` : "";
  const chip = STATE[markOf(m.blocks)];
  return `<article class="message"><div class="face">${BOB}</div><div>
<div class="by"><b>Plumbline</b> APP ${escapeHtml(dayAndTime(first, timezone))}${edited}${chip === undefined ? "" : `<span class="chip">${chip}</span>`}</div>
${bodyHtml(m)}${threadHtml(replies, timezone)}</div></article>`;
}

const bodyHtml = (m: ShownMessage): string =>
  m.blocks.length > 0 ? m.blocks.map(blockHtml).join("") : `<p>${escapeHtml(m.text)}</p>`;

function threadHtml(replies: readonly ShownMessage[], timezone: string): string {
  if (replies.length === 0) return "";
  const rows = replies
    .map(
      (r) =>
        `<div class="reply"><span class="by"><b>Plumbline</b> ${escapeHtml(dayAndTime(r.at, timezone))}</span>${bodyHtml(r)}</div>`,
    )
    .join("");
  return `<details><summary>${replies.length} ${replies.length === 1 ? "reply" : "replies"}</summary>${rows}</details>`;
}

/** The state stands in the first character of the header. */
function markOf(blocks: readonly unknown[]): string {
  const match = /^[◆◇✓↻○→]/u.exec(JSON.stringify(blocks[0] ?? {}).match(/"text":"([^"]*)"/)?.[1] ?? "");
  return match?.[0] ?? "";
}
