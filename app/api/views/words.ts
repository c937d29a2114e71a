/** Counts as people read them: 48,316. */
export const count = (n: number): string => n.toLocaleString("en-US");

export const people = (n: number): string => (n === 1 ? "1 person" : `${count(n)} people`);

const SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** Small numbers as words, as prose has them; `capital` for the start of a sentence. */
export function inWords(n: number, capital = false): string {
  if (n === 0 && capital) return "None";
  const word = SMALL[n] ?? count(n);
  return capital ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** "06:04 CET", in the configuration's zone. */
export function clockTime(at: string | Date, timezone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: timezone,
    timeZoneName: "short",
  }).format(new Date(at));
}

/** "Mon 23 Nov, 06:04 CET". */
export function dayAndTime(at: string | Date, timezone: string): string {
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: timezone,
  })
    .format(new Date(at))
    .replace(",", "");
  return `${day}, ${clockTime(at, timezone)}`;
}

export type Part = { text: string; strong: boolean };
export const plain = (text: string): Part => ({ text, strong: false });
export const strong = (text: string): Part => ({ text, strong: true });

/** "a, b and c" */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
