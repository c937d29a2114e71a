/** Klaviyo's filter language, as much of it as we use (overview of the API, revision 2026-07-15, read 2026-11-26). */
const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

export const equals = (field: string, value: string): string => `equals(${field},${quoted(value)})`;

export const anyOf = (field: string, values: readonly string[]): string =>
  `any(${field},[${values.map(quoted).join(",")}])`;

/** `at`: ISO-8601, not quoted in this language. */
export const since = (field: string, at: string): string => `greater-or-equal(${field},${at})`;

export const both = (a: string, b: string): string => `and(${a},${b})`;
