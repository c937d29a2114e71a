import { clean } from "../../alerts/clean.ts";

/** International numbers as people write them; shorter ones are amounts and years. */
const PHONE = /\+\d[\d ()/-]{7,18}\d/g;
const LINES = 200;

/** A vendor's name of something, fit to keep and to show: rules and names may hold an address or number of a person. */
export const nameWithoutPeople = (text: string): string =>
  clean(text, 160).replace(PHONE, "(number left out)");

/** The same for the text of a rule, line by line, with its indents. */
export function ruleWithoutPeople(text: string): string {
  const lines = text.split(/\r?\n/);
  const kept = lines.slice(0, LINES).map((line) => {
    const indent = /^ {0,20}/.exec(line)?.[0] ?? "";
    return indent + clean(line, 400).replace(PHONE, "(number left out)");
  });
  return lines.length > LINES
    ? [...kept, `… ${lines.length - LINES} more lines`].join("\n")
    : kept.join("\n");
}
