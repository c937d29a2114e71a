import type { SqlSystem } from "../../core/config.ts";
import { AuditorError, isKind } from "../../core/errors.ts";
import {
  CONSENT_ORDER,
  type ConsentState,
  type IdentifierKind,
  type MemberRow,
  type SegmentSource,
} from "../../core/model.ts";
import type { Context, PersonRef } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import { normalise } from "../../members/normalise.ts";
import { type RowReader, rowReader, type TextRow } from "../../systems/sql/row.ts";
import type { SqlWriteDatabase, SqlWriteSession } from "./sql-session.ts";
import type { Targets } from "./sql-targets.ts";

/**
 * State of these people as an audit would see it: through the segment's own SQL, not through the table that was
 * written, so a write into a table that the segment does not show is found out. On the server that was written, in a
 * READ ONLY transaction: a replica might not have it yet. So the writing role needs select on what the SQL reads.
 */
export async function sqlReadBack(
  config: SqlSystem,
  database: SqlWriteDatabase,
  targets: Targets,
  people: readonly PersonRef[],
  source: SegmentSource,
  context: Context,
): Promise<readonly (PersonState | null)[]> {
  if (!("sql" in source))
    throw new AuditorError("config", config.id, "this segment is not a query", "use sql");
  let session: SqlWriteSession | null = null;
  try {
    session = await database.open(true);
    await session.beginReadOnly();
    const kind = (targets.membership ?? targets.suppress ?? targets.attributes)?.kind ?? "email";
    const segment = await rowsOf(session, source.sql, kind, people, config);
    const base = config.base === null ? null : await rowsOf(session, config.base, kind, people, config);
    return people.map((p) => stateOf(identifierOf(p, kind), segment, base));
  } catch (e) {
    const error = database.error(config.id, e);
    if (!isKind(error, "transient", "rate_limited")) throw error;
    context.log.warn(`${config.kind}.read_back_failed`, {
      system: config.id,
      runId: context.runId,
      kind: error.kind,
      people: people.length,
    });
    return people.map(() => null);
  } finally {
    if (session !== null) await session.end();
  }
}

const identifierOf = (p: PersonRef, kind: IdentifierKind): string | null => {
  const raw = p.identifiers[kind];
  return raw === undefined ? null : normalise(kind, raw);
};

async function rowsOf(
  session: SqlWriteSession,
  sql: string,
  kind: IdentifierKind,
  people: readonly PersonRef[],
  config: SqlSystem,
): Promise<ReadonlyMap<string, readonly MemberRow[]>> {
  const ids = people.flatMap((p) => identifierOf(p, kind) ?? []);
  const { columns, rows } = await session.rowsOf(sql.replace(/[\s;]+$/, ""), kind, ids);
  const reader: RowReader = rowReader(columns, config.attributes);
  const found = new Map<string, MemberRow[]>();
  for (const [i, values] of rows.entries()) {
    const row = reader.row(values satisfies TextRow, i, [0]);
    const raw = row.identifiers[kind];
    const norm = raw === undefined ? null : normalise(kind, raw);
    if (norm !== null) found.set(norm, [...(found.get(norm) ?? []), row]);
  }
  return found;
}

function stateOf(
  id: string | null,
  segment: ReadonlyMap<string, readonly MemberRow[]>,
  base: ReadonlyMap<string, readonly MemberRow[]> | null,
): PersonState | null {
  if (id === null) return null;
  const inSegment = segment.get(id) ?? [];
  const inBase = base?.get(id) ?? [];
  const all = [...inSegment, ...inBase];
  const first = inSegment[0] ?? inBase[0];
  const mailable = all.map((r) => r.mailable).filter((m) => m !== null);
  return {
    found: all.length > 0,
    inSegment: inSegment.length > 0,
    consent: all.map((r) => r.consent).reduce(stricterOf, "unknown"),
    mailable: mailable.length === 0 ? null : mailable.some(Boolean),
    attributes: { ...inBase[0]?.attributes, ...inSegment[0]?.attributes },
    version: first?.updatedAt ?? null,
  };
}

function stricterOf(a: ConsentState, b: ConsentState): ConsentState {
  if (a === "unknown") return b;
  if (b === "unknown") return a;
  return CONSENT_ORDER.indexOf(a) <= CONSENT_ORDER.indexOf(b) ? a : b;
}
