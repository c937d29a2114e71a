import { count } from "../counts.ts";

/** A mail is forwarded; a group this small may point at somebody. 0 points at nobody. */
const SMALL = 10;
const FEW = "fewer than 10";

/** "48,316"; "fewer than 10" for 1 to 9; "can’t tell" for null. */
export function groupOf(n: number | null): string {
  if (n === null) return "can’t tell";
  return n > 0 && n < SMALL ? FEW : count(n);
}

/** "1,204 people", "fewer than 10 people". */
export const groupOfPeople = (n: number | null): string =>
  n === null ? "can’t tell" : `${groupOf(n)} people`;

const FEW_PEOPLE =
  /(?<![\d,.:–-])[1-9](?: of [\d,]+(?: \([^)]{1,12}\))?)?((?: [\p{Ll}-]{1,20}){0,2}) (?:people|person)\b/gu;
const FEW_OTHERS = /(?<![\d,.:–-])[1-9] (more|fewer|are extra|are missing)\b/g;

/**
 * The same for sentences that checks wrote: counts of people from 1 to 9 in them are blurred.
 *
 * @example blurred("1 opted-out person is on Trial") // "Fewer than 10 opted-out people are on Trial"
 */
export function blurred(text: string): string {
  return text
    .replace(FEW_PEOPLE, `${FEW}$1 people`)
    .replace(FEW_OTHERS, `${FEW} $1`)
    .replace(/(fewer than 10[^.]{0,45} people) is\b/g, "$1 are")
    .replace(/(^|[.!?] )fewer than 10/g, "$1Fewer than 10");
}
