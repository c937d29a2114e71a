/** Which lines a text's quotes and records are on. Reads character by character: for messages about broken files only. */

const isEnd = (text: string, at: number, lineEnd: string): boolean =>
  text[at] === lineEnd || (lineEnd === "\n" && text[at] === "\r" && text[at + 1] === "\n");

/** Very old exports end lines with a carriage return alone. */
const lineEndOf = (text: string): string => (text.includes("\n") ? "\n" : "\r");

/**
 * The quote at fault in a text that begins with a record: one that is never closed, one that closes in front of other
 * text, or one inside a field that did not begin with a quote.
 *
 * @returns the line of it, for a quoted field the one where it opened, counted from 0; null: every quote fits
 */
export function lineOfBadQuote(text: string, delimiter: string): number | null {
  const lineEnd = lineEndOf(text);
  let line = 0;
  let opened: number | null = null;
  let fieldBegins = true;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === lineEnd) line++;
    if (c !== '"') {
      fieldBegins = c === delimiter || c === lineEnd;
    } else if (opened === null) {
      if (!fieldBegins) return line;
      opened = line;
    } else if (text[at + 1] === '"') {
      at++;
    } else {
      const next = at + 1;
      if (next < text.length && text[next] !== delimiter && !isEnd(text, next, lineEnd)) return opened;
      opened = null;
      fieldBegins = false;
    }
  }
  return opened;
}

/** Counted from 0, both ends included. */
export type LineSpan = { readonly first: number; readonly last: number };

/**
 * Where record `index` of a text stands, blank lines not counted; all quotes of the text fit.
 *
 * @returns its lines, and those of its first quoted field that goes over several; null: there is none
 */
export function linesOfRecord(
  text: string,
  index: number,
): { readonly record: LineSpan; readonly quoted: LineSpan | null } {
  const lineEnd = lineEndOf(text);
  let line = 0;
  let record = -1;
  let first = 0;
  let begun = false;
  let opened: number | null = null;
  let quoted: LineSpan | null = null;
  for (let at = 0; at < text.length; at++) {
    const ends = isEnd(text, at, lineEnd);
    if (!begun && !ends) {
      begun = true;
      record++;
      first = line;
      quoted = null;
    }
    if (text[at] === '"') {
      if (opened === null) opened = line;
      else {
        if (line > opened && quoted === null) quoted = { first: opened, last: line };
        opened = null;
      }
    }
    if (text[at] !== lineEnd) continue;
    if (opened === null) {
      if (begun && record === index) break;
      begun = false;
    }
    line++;
  }
  return { record: { first, last: line }, quoted };
}
