import { type Client, texts } from "./connect.ts";

export type Rights = {
  /** Rights that can change data or people's rights, as the server names them; empty: reads only. */
  readonly writes: readonly string[];
  /** May it write files on the server (FILE)? */
  readonly files: boolean;
  /** The server takes no writes: probably a replica, whose lag is not known here. */
  readonly readOnlyServer: boolean;
};

const WRITES =
  /^(ALL PRIVILEGES|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|SUPER|TRIGGER|EVENT|GRANT OPTION|CREATE USER|DELETE HISTORY|INDEX|REFERENCES)\b/;

/** What this user could do if it wanted to, by its own grants and those of the roles that are active. */
export async function rightsOf(client: Client): Promise<Rights> {
  const grants: string[] = [];
  for (const [text] of await texts(client.connection, "show grants")) if (text) grants.push(text);
  const [server] = await texts(client.connection, "select @@global.read_only");
  const all = grants.flatMap(privilegesOf);
  return {
    writes: [...new Set(all.filter((p) => WRITES.test(p)))],
    files: all.some((p) => p === "FILE" || p === "ALL PRIVILEGES"),
    readOnlyServer: server?.[0] === "1",
  };
}

/**
 * The privileges of one line of SHOW GRANTS.
 *
 * @example privilegesOf("GRANT SELECT, INSERT (`a`, `b`) ON `x`.`y` TO `u`@`%`") // ["SELECT", "INSERT"]
 */
export function privilegesOf(grant: string): readonly string[] {
  const list = /^GRANT (.+?) ON (?:(?:TABLE|FUNCTION|PROCEDURE) )?[`'"*]/.exec(grant)?.[1];
  if (list === undefined) return []; // a role, or a proxy
  const found = list
    .replace(/\([^)]*\)/g, "")
    .split(",")
    .map((p) => p.trim());
  return / WITH GRANT OPTION\b/.test(grant) ? [...found, "GRANT OPTION"] : found;
}
