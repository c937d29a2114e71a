import type pg from "pg";
import { NOTHING } from "../../core/capabilities.ts";
import type { PostgresSystem, SecretRef } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { OpenChange, Writer } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { connect, disconnect } from "../../systems/postgres/connect.ts";
import { isLost, postgresError } from "../../systems/postgres/error.ts";
import { bareName } from "../../systems/postgres/identifier.ts";
import { bearsConsent } from "./consent-fields.ts";
import { failed, refused, retry, unknown } from "./outcome.ts";
import { personOf, refusal, writeTogether } from "./postgres-batch.ts";
import { postgresReadBack } from "./postgres-read-back.ts";
import type { Person } from "./postgres-statements.ts";
import { type Targets, targetsOf } from "./postgres-targets.ts";

const BATCH = 100;

/**
 * Writes to the tables that `write:` names, with its own role, one transaction a batch. `add` and `remove` insert and
 * delete rows of the membership table, `suppress` and `set` update one column. What is a person's own row is never
 * deleted, and a column that bears consent is never `set`.
 *
 * @throws AuditorError config | refused when `write:` is absent, or describes a write that could loosen consent
 */
export function postgresWriter(config: PostgresSystem, deps: { secret(ref: SecretRef): string }): Writer {
  const targets = targetsOf(config);
  const dsn = config.write?.dsn ?? config.dsn;
  const open = (readOnly: boolean) =>
    connect({
      where: config.id,
      dsn: deps.secret(dsn),
      readOnly,
      statementTimeoutSeconds: Math.min(config.statementTimeoutSeconds, 60),
    });
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: "batch",
      identifiers: ["email", "phone", "customer_id"],
      consentScope: "global",
      baseReadable: config.base !== null,
      ops: [
        ...(targets.suppress ? (["suppress"] as const) : []),
        ...(targets.membership ? (["remove", "add"] as const) : []),
        ...(targets.attributes ? (["set"] as const) : []),
      ],
    },
    batches,
    readBack: (people, source, context) =>
      postgresReadBack(config, () => open(true), targets, people, source, context),
    async apply(batch, _source, context) {
      if (context.signal.aborted) return batch.map(() => retry("not sent: stopped"));
      let client: pg.Client;
      try {
        client = await open(false);
      } catch (e) {
        return batch.map(() => notSent(postgresError(config.id, e)));
      }
      try {
        return await inTransaction(client, config.id, targets, batch);
      } finally {
        await disconnect(client);
      }
    },
    /** Triggers and jobs on these tables cannot be told from here. */
    async automations() {
      return null;
    },
    async probe() {
      const client = await open(true);
      try {
        for (const { table, column, right } of rightsNeeded(targets)) {
          const { rows } = await client.query<{ ok: string }>(
            column === null
              ? "select has_table_privilege($1::regclass, $2) as ok"
              : "select has_column_privilege($1::regclass, $3, $2) as ok",
            column === null ? [table, right] : [table, right, bareName(column)],
          );
          const what = column === null ? table : `${column} of ${table}`;
          if (rows[0]?.ok !== "t")
            throw new AuditorError("auth", config.id, `this role may not ${right} ${what}`, "grant it");
        }
      } catch (e) {
        throw postgresError(config.id, e);
      } finally {
        await disconnect(client);
      }
    },
    async close() {
      // every batch opens and ends its own connection
    },
  };
}

/** Consecutive changes of one op, attribute and audience, at most 100: one statement each. */
export function batches(changes: readonly OpenChange[]): readonly (readonly OpenChange[])[] {
  const all: OpenChange[][] = [];
  for (const change of changes) {
    const last = all.at(-1);
    const before = last?.[0];
    if (last !== undefined && before !== undefined && last.length < BATCH && alike(before, change))
      last.push(change);
    else all.push([change]);
  }
  return all;
}

const alike = (a: OpenChange, b: OpenChange): boolean =>
  a.op === b.op && a.attribute === b.attribute && a.audience === b.audience;

async function inTransaction(
  client: pg.Client,
  where: string,
  targets: Targets,
  batch: readonly OpenChange[],
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  try {
    await client.query("begin");
    for (const group of batches(batch)) outcomes.push(...(await writeGroup(client, where, targets, group)));
  } catch (e) {
    // nothing was committed, so nothing happened
    await client.query("rollback").catch(() => undefined);
    const error = postgresError(where, e);
    return batch.map(() => notSent(error));
  }
  try {
    await client.query("commit");
  } catch (e) {
    const error = postgresError(where, e);
    const told =
      isLost(e) || error.kind === "transient"
        ? unknown(`the connection was lost at commit (${error.message})`)
        : failed(error.message);
    return outcomes.map((o) => (o.status === "applied" ? told : o));
  }
  return outcomes;
}

/** All at once; where one value does not fit, one by one, so that one bad record does not fail the others. */
async function writeGroup(
  client: pg.Client,
  where: string,
  targets: Targets,
  group: readonly OpenChange[],
): Promise<readonly WriteOutcome[]> {
  const outcomes: (WriteOutcome | null)[] = group.map((c) => refusal(c, targets));
  const ready: { change: OpenChange; person: Person; at: number }[] = [];
  for (const [at, change] of group.entries()) {
    if (outcomes[at] !== null) continue;
    const person = personOf(change, targets);
    if (person === null)
      outcomes[at] = failed("the person has no usable identifier of the kind that this table is keyed with");
    else ready.push({ change, person, at });
  }
  const together = await attempt(client, where, targets, ready);
  for (const [i, r] of ready.entries()) {
    const single = together ??
      (await attempt(client, where, targets, [r])) ?? [
        failed("a value does not fit the column or a constraint"),
      ];
    outcomes[r.at] = (together === null ? single[0] : single[i]) ?? failed("no answer");
  }
  return outcomes.map((o) => o ?? refused("not written"));
}

/** null: a value did not fit, and nothing of this was kept. */
async function attempt(
  client: pg.Client,
  where: string,
  targets: Targets,
  ready: readonly { change: OpenChange; person: Person }[],
): Promise<readonly WriteOutcome[] | null> {
  if (ready.length === 0) return [];
  await client.query("savepoint attempt");
  try {
    const outcomes = await writeTogether(client, targets, ready);
    await client.query("release savepoint attempt");
    return outcomes;
  } catch (e) {
    if (postgresError(where, e).kind !== "bad_data") throw e;
    await client.query("rollback to savepoint attempt");
    return null;
  }
}

const notSent = (e: AuditorError): WriteOutcome =>
  e.kind === "transient" ? retry(`not written: ${e.message}`) : failed(e.message);

type Right = { readonly table: string; readonly column: string | null; readonly right: string };

function rightsNeeded({ membership, suppress, attributes }: Targets): readonly Right[] {
  const rights: Right[] = [];
  if (membership) {
    rights.push({ table: membership.table, column: membership.key, right: "insert" });
    rights.push({ table: membership.table, column: null, right: "delete" });
  }
  if (suppress) rights.push({ table: suppress.table, column: suppress.column, right: "update" });
  for (const column of Object.values(attributes?.columns ?? {})) {
    if (attributes && !bearsConsent(bareName(column)))
      rights.push({ table: attributes.table, column, right: "update" });
  }
  return rights;
}
