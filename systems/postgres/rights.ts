import { TLSSocket } from "node:tls";
import type pg from "pg";
import { isDeclined } from "./error.ts";

export type Rights = {
  readonly superuser: boolean;
  readonly writable: number;
  readonly example: string | null;
  readonly encrypted: boolean;
};

/** What this role could write in this database if it wanted to, catalogues left out; null: the server cannot be asked. */
export async function rightsOf(client: pg.Client): Promise<Rights | null> {
  try {
    return await askedRights(client);
  } catch (e) {
    if (isDeclined(e)) return null;
    throw e;
  }
}

/** As far as we see it. */
export const isEncrypted = (client: pg.Client): boolean => client.connection.stream instanceof TLSSocket;

async function askedRights(client: pg.Client): Promise<Rights> {
  const { rows } = await client.query<{
    superuser: string;
    writable: string;
    example: string | null;
    encrypted: string | null;
  }>(
    `select (select rolsuper from pg_roles where rolname = current_user) as superuser,
       count(*) as writable, min(format('%I.%I', n.nspname, c.relname)) as example,
       (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as encrypted
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
       and has_schema_privilege(n.oid, 'usage')
       and has_table_privilege(c.oid, 'insert, update, delete, truncate')`,
  );
  const row = rows[0];
  return {
    superuser: row?.superuser === "t",
    writable: Number(row?.writable ?? 0),
    example: row?.example ?? null,
    encrypted: row?.encrypted === "t",
  };
}
