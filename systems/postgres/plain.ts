import type pg from "pg";

/**
 * Connections to a server that speaks Postgres' protocol and has no savepoints, as Amazon Redshift. Of such a one nothing is
 * asked that Redshift's documentation does not name. @see docs/systems/postgres.md
 */
const PLAIN = new WeakSet<pg.Client>();

export const isPlain = (client: pg.Client): boolean => PLAIN.has(client);
export const callPlain = (client: pg.Client): void => void PLAIN.add(client);
