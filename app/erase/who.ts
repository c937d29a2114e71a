import { AuditorError, isKind } from "../../core/errors.ts";
import type { IdentifierKind, PersonKey } from "../../core/model.ts";
import { normalise } from "../../members/normalise.ts";
import { hexOfWords, personKeyOf } from "../../members/person-key.ts";
import { openSpool, type SpooledRow, spoolRow } from "../../members/spool.ts";
import type { App } from "../app.ts";

const KINDS: readonly IdentifierKind[] = ["email", "phone", "customer_id"];

/** One person's identifier, normalised, as each kind that it can be read as. */
export type Identifier = ReadonlyMap<IdentifierKind, string>;

/**
 * @param kind null: every kind; what is a phone number here may be a customer id there
 * @throws AuditorError bad_data: it names nobody. The message does not repeat it
 */
export function identifierOf(raw: string, kind: IdentifierKind | null): Identifier {
  const readable = new Map<IdentifierKind, string>();
  for (const k of kind === null ? KINDS : [kind]) {
    const normal = normalise(k, raw);
    if (normal !== null) readable.set(k, normal);
  }
  if (readable.size > 0) return readable;
  throw new AuditorError(
    "bad_data",
    "identifier",
    kind === null
      ? "it names nobody: neither an address, an international phone number nor an id"
      : `it is no usable ${kind}`,
    "write it as the systems do",
  );
}

/**
 * Keys under which the person may be kept: of the identifier itself, and of every other identifier in the records that
 * carry it, as far as their sealed rows are still there.
 */
export async function keysOf(
  app: Pick<App, "keys">,
  identifier: Identifier,
  spools: readonly string[],
): Promise<ReadonlySet<PersonKey>> {
  const people = new Set<PersonKey>();
  for (const [kind, normal] of identifier) people.add(personKeyOf(app.keys, kind, normal));
  for (const path of spools) {
    try {
      await gather(app, identifier, path, people);
    } catch (error) {
      // damaged or just removed: whoever rewrites the files counts it
      if (!isKind(error, "bad_data", "not_found")) throw error;
    }
  }
  return people;
}

async function gather(
  app: Pick<App, "keys">,
  identifier: Identifier,
  path: string,
  people: Set<PersonKey>,
): Promise<void> {
  const spool = await openSpool(path, app.keys);
  try {
    for (let p = 0; p < spool.partitions; p++) {
      const { keys, texts } = spool.rows(p);
      for (const [i, text] of texts.entries()) {
        const row = spoolRow(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("utf8"));
        if (!carries(row, identifier)) continue;
        people.add(hexOfWords(keys, 4 * i));
        for (const [kind, normal] of identifiersIn(row)) people.add(personKeyOf(app.keys, kind, normal));
      }
      await new Promise(setImmediate);
    }
  } finally {
    await spool.close();
  }
}

const identifiersIn = (row: SpooledRow): [IdentifierKind, string][] =>
  KINDS.flatMap((kind) => {
    const raw = row.identifiers[kind];
    const normal = raw === undefined ? null : normalise(kind, raw);
    return normal === null ? [] : [[kind, normal] as [IdentifierKind, string]];
  });

const carries = (row: SpooledRow, identifier: Identifier): boolean =>
  identifiersIn(row).some(([kind, normal]) => identifier.get(kind) === normal);
