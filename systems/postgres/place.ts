import pg from "pg";

/**
 * Where a connection string leads, and as whom: host, port, database, role and parameters. Two strings with the same
 * place see the same tables with the same rights; the password is no part of it.
 *
 * @returns null: the string cannot be understood
 */
export function placeOf(dsn: string): string | null {
  if (!URL.canParse(dsn)) return null;
  try {
    // what the string leaves out comes from PGHOST and the like, as when it is connected
    const { host, port, database, user } = new pg.Client({ connectionString: dsn });
    return JSON.stringify([host, port, database, user, new URL(dsn).search]);
  } catch {
    return null; // connecting will say what is wrong with it
  }
}
