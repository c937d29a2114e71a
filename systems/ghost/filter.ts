/**
 * A value in Ghost's filter language, quoted. @see https://ghost.org/docs/content-api/#filtering (read 2026-11-23)
 *
 * @example quoted("o'neil@example.test") // 'o\'neil@example.test' in quotes
 */
export const quoted = (value: string): string => `'${value.replace(/[\\']/g, (c) => `\\${c}`)}'`;

/** Records after `id`, of those that `filter` lets through. */
export const afterId = (filter: string | null, id: string | null): string | null => {
  if (id === null) return filter;
  const after = `id:>${quoted(id)}`;
  return filter === null ? after : `${filter}+${after}`;
};

/** Any of these addresses, exactly as written: Ghost on SQLite tells upper from lower case, on MySQL it does not. */
export const anyEmail = (emails: readonly string[]): string =>
  emails.map((e) => `email:${quoted(e)}`).join(",");

/** Addresses that contain this one, whatever the case. */
export const emailContains = (email: string): string => `email:~${quoted(email)}`;
