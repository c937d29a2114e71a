import { escapeHtml } from "../../alerts/escape.ts";

export const BOB = `<svg width="15" height="20" viewBox="0 0 15 20" aria-hidden="true"><path d="M1.5 1.5h12M7.5 1.5V10" stroke="currentColor" stroke-width="1.8" fill="none"/><path d="M7.5 9.4l4 3.6-4 6.4-4-6.4z" fill="currentColor"/></svg>`;

const CSS = `
:root{color-scheme:light dark;--bg:#fff;--sunk:#f4f6f7;--ink:#12181f;--ink-2:#46525e;--ink-3:#5f6b77;--line:#dce2e7;--line-2:#b9c3cc;--link:#1457b0}
@media (prefers-color-scheme:dark){:root{--bg:#10161b;--sunk:#0b1014;--ink:#e9eef2;--ink-2:#b0bbc5;--ink-3:#8a97a3;--line:#26313a;--line-2:#44525e;--link:#85b6ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/21px "IBM Plex Sans",system-ui,sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--link)}
a:focus-visible,iframe:focus-visible{outline:2px solid var(--link);outline-offset:2px}
header.top{display:flex;flex-wrap:wrap;gap:4px 24px;align-items:center;padding:12px 36px;border-bottom:1px solid var(--line);background:var(--sunk)}
header.top a{color:var(--ink-2);text-decoration:none;padding:4px 0;display:inline-flex;gap:8px;align-items:center}
header.top a.home{color:var(--ink);font-weight:600}
header.top a[aria-current]{color:var(--ink);box-shadow:0 2px 0 var(--ink)}
header.top .note{margin-left:auto;color:var(--ink-3);font-size:12px}
main{max-width:860px;margin:0 auto;padding:24px 36px 64px}
main.wide{max-width:1160px}
.title{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:4px 24px;border-bottom:1px solid var(--line);padding-bottom:12px}
h1{font-size:25px;line-height:32px;font-weight:600;margin:0}
.quiet{color:var(--ink-3);font-size:12px;line-height:16px}
.empty{padding:36px 0;color:var(--ink-2)}
@media (max-width:600px){header.top,main{padding-left:16px;padding-right:16px}header.top .note{margin-left:0}}
`;

export type PageOptions = {
  readonly title: string;
  readonly current: "slack" | "mail";
  readonly css: string;
  readonly wide?: boolean;
  /** Escaped already. */
  readonly body: string;
};

/** A page without scripts: everything on it is text that somebody else may have written. */
export function page(o: PageOptions): string {
  const nav = (id: PageOptions["current"], href: string, text: string) =>
    `<a href="${href}"${o.current === id ? ' aria-current="page"' : ""}>${text}</a>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(o.title)}, Plumbline demo</title><style>${CSS}${o.css}</style></head>
<body><header class="top"><a class="home" href="/">${BOB}Plumbline</a>${nav("slack", "/demo/slack", "Slack channel")}${nav("mail", "/demo/mail", "Mailbox")}<span class="note">Demo: nothing here left this machine</span></header>
<main${o.wide === true ? ' class="wide"' : ""}>${o.body}</main></body></html>`;
}

/** Links of the demo's messages name the address of the configuration; here they stay on the server that shows them. */
export const localHref = (url: string): string =>
  url.replace(/^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?=\/|$)/, "") || "/";
