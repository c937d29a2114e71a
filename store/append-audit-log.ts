import type { Instant } from "../core/model.ts";
import { canonicalJson, hashOf } from "./audit-chain.ts";
import { auditLogHead, type LogHead } from "./audit-log-head.ts";
import type { Database, Sql } from "./database.ts";
import { personRef } from "./person-ref.ts";
import { toJson, toText } from "./storable.ts";

/**
 * Who did what to what, in words. `object` is "PL-88", "INC-1042"; no personal data of members. `actor` is a name: the
 * log keeps a reference to it that can be forgotten. Names of people belong nowhere else, as nothing else is erased.
 */
export type AuditLogEntry = {
  readonly at: Instant;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** One writer at a time, over all processes; held until the transaction ends, so no number is ever given back. */
const LOCK = 7_586_200;

/**
 * Adds one entry to the chain. Given a transaction, the entry is kept or dropped together with what else it did: make it
 * the last statement, since others wait for it to end. Answers the new end of the log.
 */
export function appendAuditLog(db: Sql | Database, entry: AuditLogEntry): Promise<LogHead> {
  return "tx" in db ? db.tx((sql) => append(sql, entry)) : append(db, entry);
}

async function append(sql: Sql, entry: AuditLogEntry): Promise<LogHead> {
  await sql.query("select pg_advisory_xact_lock($1)", [LOCK]);
  const actor = await personRef(sql, { kind: "staff", name: entry.actor }, entry.at);
  const head = await auditLogHead(sql);
  const body = {
    seq: head.seq + 1,
    at: new Date(entry.at).toISOString(),
    actor,
    action: toText(entry.action),
    object: toText(entry.object),
    detail: canonicalJson(JSON.parse(toJson(entry.detail))),
    prev: head.hash,
  };
  const hash = hashOf(body);
  await sql.query(
    "insert into audit_log (seq, at, actor, action, object, detail, prev, hash) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    [body.seq, body.at, body.actor, body.action, body.object, body.detail, body.prev, hash],
  );
  return { seq: body.seq, hash };
}
