import { escapeHtml } from "../../alerts/escape.ts";

/** Text that is markup already: what `html` makes, and nothing else. */
export type Markup = { readonly markup: string };

type Piece = Markup | string | number | null | readonly Piece[];

function rendered(piece: Piece): string {
  if (piece === null) return "";
  if (typeof piece === "string" || typeof piece === "number") return escapeHtml(String(piece));
  return "markup" in piece ? piece.markup : piece.map(rendered).join("");
}

/** HTML or SVG from a template; everything that is put into it is escaped unless it comes from here too. */
export const html = (texts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup => ({
  markup: texts.reduce((all, text, i) => all + rendered(pieces[i - 1] ?? null) + text),
});
