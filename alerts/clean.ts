/** Everything that must not reach a reader: it hides, reorders or imitates text. Tags and joiners of scripts stay. */
const INVISIBLE =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
const CONTROL = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const ADDRESS = /[^\s@<>"“”()[\],;:]{1,64}@[^\s@<>"“”()[\]{},;:]{1,255}/gu;

/** What stands where somebody wrote an address into a name. */
const NO_ADDRESS = "(address left out)";

/**
 * Makes text that others wrote fit to show: one line, no control characters, no direction overrides, no addresses,
 * at most `max` UTF-16 units. Longer text ends in “…”. Escaping for HTML or Slack is the renderer's part.
 *
 * @example clean("Trial\u202Egnp", 20) // "Trialgnp"
 */
export function clean(text: string, max: number): string {
  const short = text.slice(0, max * 2 + 400); // nobody reads on, and the patterns stay fast on a hostile megabyte
  const safe = short
    .replace(LONE_SURROGATE, "\uFFFD")
    .replace(CONTROL, " ")
    .replace(INVISIBLE, "")
    .replace(/\s+/g, " ")
    .trim();
  return cut(safe.includes("@") ? safe.replace(ADDRESS, NO_ADDRESS) : safe, max);
}

/** The end of a sentence whose last words may have been cut off. */
export const ended = (text: string): string => (text.endsWith("…") ? text : `${text}.`);

/** A word longer than this is cut. */
const LONG_WORD = 24;

/** Cuts between words, or where they are long between characters, never inside a surrogate pair. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text.slice(0, Math.max(0, max - 1)).replace(/[\uD800-\uDBFF]$/, "");
  const word = head.lastIndexOf(" ");
  const between = text[head.length] !== " " && word > 0 && head.length - word <= LONG_WORD;
  return `${(between ? head.slice(0, word) : head).replace(/[\s,;:]+$/, "")}…`;
}
