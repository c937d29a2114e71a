import type { JsonTemplate } from "../core/rest-config.ts";

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
