import { escapeHtml as e } from "../escape.ts";

/** The light tokens: many mail programs know no others. */
export const COLOUR = {
  ink: "#12181F",
  ink2: "#46525E",
  ink3: "#5F6B77",
  line: "#DCE2E7",
  link: "#1457B0",
  act: "#B5300A",
  look: "#875000",
  ok: "#00695A",
  edge: "#7B8792",
} as const;
export const SANS = "'IBM Plex Sans',-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
export const SERIF = "'Source Serif 4',Georgia,'Times New Roman',serif";

/** A 2 px rule opens a section. */
export const section = (title: string, aside: string | null, body: string): string =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-top:28px;border-top:2px solid ${COLOUR.ink}"><tr><td style="padding-top:8px"><h2 style="margin:0;font-size:14px;line-height:21px;font-weight:600">${e(title)}</h2></td><td align="right" style="padding-top:8px;color:${COLOUR.ink3};font-size:12px">${aside === null ? "" : e(aside)}</td></tr></table>${body}`;

export const heading = (text: string): string =>
  `<h3 style="margin:0;font-size:15px;line-height:21px;font-weight:600">${e(text)}</h3>`;
export const link = (url: string, text: string): string =>
  `<a href="${e(url)}" style="color:${COLOUR.link};text-decoration:none">${e(text)}</a>`;
