import { NOTHING } from "../../core/capabilities.ts";
import type { SqlSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { OpenChange, Writer } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { bearsConsent } from "./consent-fields.ts";
import { hooks, noMails } from "./forecast.ts";
import { failed, refused, retry, unknown } from "./outcome.ts";
import { personOf, refusal, writeTogether } from "./sql-batch.ts";
import { sqlReadBack } from "./sql-read-back.ts";
import type { Person, Right, SqlWriteDatabase, SqlWriteSession } from "./sql-session.ts";
import { type Names, type Targets, targetsOf } from "./sql-targets.ts";

const BATCH = 100;

/**
 * Writes to the tables that `write:` names, with its own role, one transaction a batch. `add` and `remove` insert and
 * delete rows of the membership table, `suppress` and `set` update one column. What is a person's own row is never
 * deleted, and a column that bears consent is never `set`.
 *
 * @throws AuditorError config | refused when `write:` is absent, or describes a write that could loosen consent
 */
export function sqlWriter(config: SqlSystem, database: SqlWriteDatabase): Writer {
  const targets = targetsOf(config, database.names);
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
    readBack: (people, source, context) => sqlReadBack(config, database, targets, people, source, context),
    async apply(batch, _source, context) {
      if (context.signal.aborted) return batch.map(() => retry("not sent: stopped"));
      let session: SqlWriteSession;
      try {
        session = await database.open(false);
      } catch (e) {
        return batch.map(() => notSent(database.error(config.id, e)));
      }
      try {
        return await inTransaction(
          { session, database, where: config.id, targets, signal: context.signal },
          batch,
        );
      } finally {
        await session.end();
      }
    },
    /** Triggers and jobs on these tables cannot be told from here. */
    async automations() {
      return null;
    },
    async forecast(_source, adds) {
      return [
        noMails("a database sends no mail by itself"),
        {
          what: "contacts",
          verdict: "some",
          count: adds,
          text: `up to ${adds.toLocaleString("en-US")} new ${adds === 1 ? "row" : "rows"}; a database has no plan that limits them`,
        },
        hooks(null, "triggers and jobs on these tables are not visible to this role"),
      ];
    },
    async probe() {
      const session = await database.open(true);
      try {
        for (const { table, column, right } of rightsNeeded(targets, database.names)) {
          const what = column === null ? table : `${column} of ${table}`;
          if (!(await session.may(right, table, column)))
            throw new AuditorError("auth", config.id, `this role may not ${right} ${what}`, "grant it");
        }
      } catch (e) {
        throw database.error(config.id, e);
      } finally {
        await session.end();
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

type Work = {
  readonly session: SqlWriteSession;
  readonly database: SqlWriteDatabase;
  readonly where: string;
  readonly targets: Targets;
  readonly signal: AbortSignal;
};

async function inTransaction(w: Work, batch: readonly OpenChange[]): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  try {
    await w.session.begin();
    for (const group of batches(batch)) outcomes.push(...(await writeGroup(w, group)));
  } catch (e) {
    // nothing was committed, so nothing happened
    await w.session.rollback().catch(() => undefined);
    const error = w.database.error(w.where, e);
    return batch.map(() => notSent(error));
  }
  // the statements took time: whoever has lost the right to write meanwhile takes them back
  if (w.signal.aborted) {
    await w.session.rollback().catch(() => undefined);
    return batch.map(() => retry("not written: stopped before the commit"));
  }
  try {
    await w.session.commit();
  } catch (e) {
    const error = w.database.error(w.where, e);
    const told =
      w.database.isLost(e) || error.kind === "transient"
        ? unknown(`the connection was lost at commit (${error.message})`)
        : failed(error.message);
    return outcomes.map((o) => (o.status === "applied" ? told : o));
  }
  return outcomes;
}

/** All at once; where one value does not fit, one by one, so that one bad record does not fail the others. */
async function writeGroup(w: Work, group: readonly OpenChange[]): Promise<readonly WriteOutcome[]> {
  const outcomes: (WriteOutcome | null)[] = group.map((c) => refusal(c, w.targets, w.database.names));
  const ready: { change: OpenChange; person: Person; at: number }[] = [];
  for (const [at, change] of group.entries()) {
    if (outcomes[at] !== null) continue;
    const person = personOf(change, w.targets);
    if (person === null)
      outcomes[at] = failed("the person has no usable identifier of the kind that this table is keyed with");
    else ready.push({ change, person, at });
  }
  const together = await attempt(w, ready);
  for (const [i, r] of ready.entries()) {
    const single = together ??
      (await attempt(w, [r])) ?? [failed("a value does not fit the column or a constraint")];
    outcomes[r.at] = (together === null ? single[0] : single[i]) ?? failed("no answer");
  }
  return outcomes.map((o) => o ?? refused("not written"));
}

/** null: a value did not fit, and nothing of this was kept. */
async function attempt(
  w: Work,
  ready: readonly { change: OpenChange; person: Person }[],
): Promise<readonly WriteOutcome[] | null> {
  if (ready.length === 0) return [];
  await w.session.mark();
  try {
    const outcomes = await writeTogether(w.session, w.targets, ready);
    await w.session.unmark();
    return outcomes;
  } catch (e) {
    if (w.database.error(w.where, e).kind !== "bad_data") throw e;
    await w.session.backToMark();
    return null;
  }
}

const notSent = (e: AuditorError): WriteOutcome =>
  e.kind === "transient" ? retry(`not written: ${e.message}`) : failed(e.message);

type Needed = { readonly table: string; readonly column: string | null; readonly right: Right };

function rightsNeeded({ membership, suppress, attributes }: Targets, names: Names): readonly Needed[] {
  const rights: Needed[] = [];
  if (membership) {
    rights.push({ table: membership.table, column: membership.key, right: "insert" });
    rights.push({ table: membership.table, column: null, right: "delete" });
  }
  if (suppress) rights.push({ table: suppress.table, column: suppress.column, right: "update" });
  for (const column of Object.values(attributes?.columns ?? {})) {
    if (attributes && !bearsConsent(names.bare(column)))
      rights.push({ table: attributes.table, column, right: "update" });
  }
  return rights;
}
