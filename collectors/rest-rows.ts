import { AuditorError } from "../core/errors.ts";
import type { MemberRow } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { RestRead, RestSystem } from "../core/rest-config.ts";
import { asTexts, type Path, pathOf } from "../systems/rest/path.ts";
import { type RestReader, recordsIn } from "../systems/rest/reader.ts";
import { type RecordReader, type RestPerson, recordReader } from "../systems/rest/record.ts";
import { fillCall, type Values } from "../systems/rest/template.ts";
import { timeOf } from "../systems/rest/time.ts";
import { fieldNotes } from "./field-types.ts";
import type { Entry } from "./rest-walk.ts";

/** One target of a pass. `only`: records in which one value at the path is the name; null: all of them. */
export type Wanted = {
  readonly index: number;
  readonly only: { readonly path: string; readonly name: string } | null;
  count: number;
};

/** Turns the entries of one pass into rows, over the look-up by id where the list gives no more. */
export type Rows = {
  /** @throws AuditorError bad_data when a record does not fit the YAML; else as the client does */
  rowsOf(entries: readonly Entry[]): Promise<readonly MemberRow[]>;
  fields(): ReturnType<ReturnType<typeof fieldNotes>["types"]>;
  /** Ids of the list that have no record. */
  missing(): number;
};

export function rowMaker(
  system: RestSystem,
  read: RestRead,
  wanted: readonly Wanted[],
  values: Values,
  client: RestReader,
  context: Context,
): Rows {
  const where = system.id;
  const reader: RecordReader = recordReader(system);
  const joinedAt = read.joinedAt === null ? null : pathOf(where, read.joinedAt);
  const filters = wanted.map((w) => ({ w, path: w.only === null ? null : pathOf(where, w.only.path) }));
  const notes = fieldNotes();
  const mapped = mappedPaths(system);
  let missing = 0;

  const row = (person: RestPerson, entry: Entry): MemberRow | null => {
    const mine = filters.filter(
      ({ w, path }) => path === null || asTexts(path.at(person.raw)).includes(w.only?.name ?? ""),
    );
    if (mine.length === 0) return null;
    for (const { w } of mine) w.count++;
    const joined = joinedAt === null ? null : timeOf(joinedAt.at(entry.raw));
    return {
      id: person.id,
      identifiers: person.identifiers,
      attributes: person.attributes,
      consent: person.consent,
      mailable: person.mailable,
      of: mine.map(({ w }) => w.index),
      ...(person.bounced ? { bounced: true } : {}),
      ...(person.consentAt === null ? {} : { consentAt: person.consentAt }),
      ...(joined === null ? {} : { joinedAt: joined }),
      ...(person.updatedAt === null ? {} : { updatedAt: person.updatedAt }),
    };
  };

  return {
    missing: () => missing,
    fields: () => notes.types(),
    async rowsOf(entries) {
      const people =
        read.lookup === null
          ? reader.people(entries.map((e) => e.raw))
          : reader.people(
              await lookedUp(where, read, entries, values, system.limits.concurrency, client, context),
            );
      const byId = new Map(people.map((p) => [p.id, p]));
      const rows: MemberRow[] = [];
      for (const entry of entries) {
        const person = byId.get(entry.id);
        if (person === undefined) {
          missing++;
          continue;
        }
        notes.note(noted(person.raw, mapped));
        const made = row(person, entry);
        if (made !== null) rows.push(made);
      }
      return rows;
    },
  };
}

/** Records for the ids of a page, in any order; ids without one are left out. */
async function lookedUp(
  where: string,
  read: RestRead,
  entries: readonly Entry[],
  values: Values,
  concurrency: number,
  client: RestReader,
  context: Context,
): Promise<readonly unknown[]> {
  const { lookup } = read;
  if (lookup === null) return [];
  const calls = Array.from({ length: Math.ceil(entries.length / lookup.batch) }, (_, i) => {
    const ids = entries.slice(i * lookup.batch, (i + 1) * lookup.batch).map((e) => e.id);
    const [id] = ids;
    return fillCall(where, lookup.call, {
      values: lookup.batch > 1 ? { ...values, ids } : { ...values, id: id ?? "" },
    });
  });
  const one = async (call: (typeof calls)[number]): Promise<readonly unknown[]> => {
    try {
      return recordsIn(
        where,
        (await client.ask(call, null, context)).body,
        lookup.records,
        lookup.batch === 1,
      );
    } catch (e) {
      if (lookup.batch === 1 && e instanceof AuditorError && e.status === 404) return [];
      throw e;
    }
  };
  const found: unknown[] = [];
  for (let at = 0; at < calls.length; at += concurrency) {
    const some = await Promise.all(calls.slice(at, at + concurrency).map(one));
    found.push(...some.flat());
  }
  return found;
}

type Mapped = readonly (readonly [string, Path])[];

/** Fields under the names by which the schema check knows them: our words, and the paths of attributes. */
function mappedPaths(s: RestSystem): Mapped {
  const own: readonly (readonly [string, string | null])[] = [
    ...Object.entries(s.record.identifiers),
    ["updated_at", s.record.updatedAt],
    ["consent_at", s.record.consentAt],
    ["mailable", s.record.mailable],
    ["bounced", s.record.bounced],
    ...s.record.consent.map((rule) => ["consent", rule.path] as const),
    ...Object.values(s.attributes).map((path) => [path, path] as const),
  ];
  return own.flatMap(([name, path]) => (path === null ? [] : [[name, pathOf(s.id, path)] as const]));
}

function noted(raw: Readonly<Record<string, unknown>>, mapped: Mapped): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = { ...raw };
  for (const [name, path] of mapped) {
    const value = path.at(raw);
    if (value !== undefined) all[name] = value;
  }
  return all;
}
