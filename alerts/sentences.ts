/** "75,584 people, up 27,287." and the rest. */
export function firstSentence(text: string): readonly [first: string, rest: string] {
  const end = /[.!?] (?=[\p{Lu}\d“])/u.exec(text);
  return end === null
    ? [dotted(text), ""]
    : [text.slice(0, end.index + 1), dotted(text.slice(end.index + 2))];
}

export const dotted = (text: string): string => (text === "" || /[.!?…]$/.test(text) ? text : `${text}.`);

/**
 * Checks end "what it means" with the next send in words of their own day ("today 10:00"). A message or report may be
 * read days later, so it leaves that half out and names the send with its date.
 */
export const withoutSend = (means: string): string =>
  means.replace(/; (?:“.*|the next send is not known)\.?$/, ".");

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
