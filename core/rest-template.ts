import type { JsonTemplate } from "./rest-config.ts";

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** One string of a template, cut into text and names. `{{ id }}` and `{{id}}` are the same. */
export type Piece = { readonly text: string } | { readonly name: string };

/** @example piecesOf("/lists/{{list}}/x") // [{text: "/lists/"}, {name: "list"}, {text: "/x"}] */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(PLACE)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ name: match[1] ?? "" });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** Names in a template, keys included, each once. */
export function namesIn(template: JsonTemplate | undefined): readonly string[] {
  return [...new Set(all(template))];
}

function all(t: JsonTemplate | undefined): readonly string[] {
  if (typeof t === "string") return piecesOf(t).flatMap((p) => ("name" in p ? [p.name] : []));
  if (typeof t !== "object" || t === null) return [];
  if (Array.isArray(t)) return (t as readonly JsonTemplate[]).flatMap(all);
  return Object.entries(t).flatMap(([key, value]) => [...all(key), ...all(value as JsonTemplate)]);
}

/** Names of a body, told apart: those that stand once, and those inside `{{each}}`, which stand once per person. */
export function namesByPlace(template: JsonTemplate | undefined): {
  readonly once: readonly string[];
  readonly each: readonly string[];
} {
  if (typeof template !== "object" || template === null) return { once: namesIn(template), each: [] };
  if (Array.isArray(template)) return joined((template as readonly JsonTemplate[]).map(namesByPlace));
  return joined(
    Object.entries(template).map(([key, value]) =>
      /^\{\{\s*each\s*\}\}$/.test(key)
        ? { once: ["each"], each: namesIn(value as JsonTemplate) }
        : joined([{ once: namesIn(key), each: [] }, namesByPlace(value as JsonTemplate)]),
    ),
  );
}

type Places = { readonly once: readonly string[]; readonly each: readonly string[] };
const joined = (list: readonly Places[]): Places => ({
  once: list.flatMap((p) => p.once),
  each: list.flatMap((p) => p.each),
});
