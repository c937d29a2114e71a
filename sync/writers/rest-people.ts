import { isKind } from "../../core/errors.ts";
import type { ConsentState, IdentifierKind, SegmentSource } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import type { RestSystem, RestWrite } from "../../core/rest-config.ts";
import { normalise } from "../../members/normalise.ts";
import { mostRestrictive } from "../../systems/rest/consent.ts";
import { asTexts, pathOf } from "../../systems/rest/path.ts";
import { type RestReader, recordsIn } from "../../systems/rest/reader.ts";
import { type RestPerson, recordReader } from "../../systems/rest/record.ts";
import { restSource } from "../../systems/rest/source.ts";
import { fillCall } from "../../systems/rest/template.ts";

export type Identifiers = Readonly<Partial<Record<IdentifierKind, string>>>;
/** A record of a person, and whether it is in the segment; null: cannot be told. */
export type Found = { readonly person: RestPerson; readonly inSegment: boolean | null };

/** The identifier that this system finds people by, normalised; null: the person has none. */
export function keyOf(write: RestWrite, ids: Identifiers): string | null {
  const raw = ids[write.find.by];
  return raw === undefined ? null : normalise(write.find.by, raw);
}

/**
 * Records of these people, in their order; some have several. Asks for the address as normalised, and as it was spelt,
 * since some vendors tell upper from lower case.
 *
 * @throws AuditorError as the client does
 */
export async function findPeople(
  system: RestSystem,
  write: RestWrite,
  client: RestReader,
  people: readonly Identifiers[],
  source: SegmentSource,
  context: Context,
): Promise<readonly (readonly Found[])[]> {
  const { find } = write;
  const where = system.id;
  const reader = recordReader(system);
  const keys = people.map((p) => keyOf(write, p));
  const spellings = people.flatMap((p, i) => (keys[i] === null ? [] : (p[find.by]?.trim() ?? [])));
  const asked = [...new Set([...keys.filter((k) => k !== null), ...spellings])];
  const found = new Map<string, Map<string, RestPerson>>();
  for (let at = 0; at < asked.length; at += find.batch) {
    const some = asked.slice(at, at + find.batch);
    const [one] = some;
    const values = find.batch > 1 ? { [`${find.by}s`]: some } : { [find.by]: one ?? "" };
    let records: readonly unknown[] = [];
    try {
      const answer = await client.ask(fillCall(where, find.call, { values }), null, context);
      records = recordsIn(where, answer.body, find.records, find.batch === 1);
    } catch (e) {
      if (!(isKind(e, "permanent") && e.status !== null && find.absent.includes(e.status))) throw e;
    }
    for (const person of reader.people(records)) {
      const raw = person.identifiers[find.by];
      const key = raw === undefined ? null : normalise(find.by, raw);
      if (key === null) continue;
      const mine = found.get(key) ?? new Map<string, RestPerson>();
      found.set(key, mine.set(person.id, person));
    }
  }
  const answers: (readonly Found[])[] = [];
  for (const key of keys) {
    const mine: Found[] = [];
    for (const person of key === null ? [] : (found.get(key)?.values() ?? []))
      mine.push({ person, inSegment: await isIn(system, write, client, person, source, context) });
    answers.push(mine);
  }
  return answers;
}

async function isIn(
  system: RestSystem,
  write: RestWrite,
  client: RestReader,
  person: RestPerson,
  source: SegmentSource,
  context: Context,
): Promise<boolean | null> {
  const at = restSource(system.id, source);
  if (at.kind === "all") return true;
  if (at.kind === "subscribed" && at.name === null) return person.mailable;
  if (at.kind === "suppressed")
    return person.mailable === null ? isOptedOut(person.consent) : !person.mailable;
  const { inSegment } = write;
  if (inSegment === null || at.name === null) return null;
  if ("path" in inSegment) return asTexts(pathOf(system.id, inSegment.path).at(person.raw)).includes(at.name);
  try {
    const values = { ...at.values, ...person.identifiers, id: person.id };
    await client.ask(fillCall(system.id, inSegment.call, { values }), null, context);
    return true;
  } catch (e) {
    if (isKind(e, "permanent") && e.status !== null && inSegment.absent.includes(e.status)) return false;
    throw e;
  }
}

export const isOptedOut = (c: ConsentState): boolean =>
  c === "unsubscribed" || c === "complained" || c === "erased";

/** What several records of one person amount to. */
export function stateOf(records: readonly Found[]): PersonState {
  const first = records[0]?.person;
  const mailable = records.map((r) => r.person.mailable);
  return {
    found: first !== undefined,
    inSegment: records.some((r) => r.inSegment === true),
    consent: records.map((r) => r.person.consent).reduce(mostRestrictive, "unknown"),
    mailable: mailable.includes(true) ? true : first === undefined || mailable.includes(null) ? null : false,
    attributes: first?.attributes ?? {},
    version: first?.updatedAt ?? null,
  };
}
