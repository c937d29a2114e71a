import { isKind } from "../../core/errors.ts";
import type { IdentifierKind } from "../../core/model.ts";
import { fingerprinter } from "../../members/fingerprint.ts";
import type { Keys } from "../../members/keys.ts";
import { normalise } from "../../members/normalise.ts";
import { hexOfWords, keyWriter } from "../../members/person-key.ts";
import { openCsv } from "../../systems/files/csv.ts";

export type Expected = {
  readonly delimiter: string;
  readonly columns: number;
  /** By key: prints of the attributes of the first row. null: the file is refused behind its header. */
  readonly people: ReadonlyMap<string, readonly number[]> | null;
  readonly records: number;
  readonly invalid: number;
  readonly respelled: number;
  readonly finalNewline: boolean;
};

/**
 * What the reference's parser makes of a file, put together in the plainest way there is.
 *
 * @param idColumn all others are attributes
 * @returns null: the header is refused, and nobody asks the kernel
 */
export async function byReference(
  path: string,
  identity: IdentifierKind,
  idColumn: number,
  keys: Keys,
): Promise<Expected | null> {
  const refused = (error: unknown): null => {
    if (isKind(error, "bad_data")) return null;
    throw error;
  };
  const table = await openCsv(path, "list.csv").catch(refused);
  if (table === null) return null;
  const { delimiter } = table;
  const columns = table.columns.length;
  const nothing = {
    delimiter,
    columns,
    people: null,
    records: 0,
    invalid: 0,
    respelled: 0,
    finalNewline: false,
  };
  const print = fingerprinter(keys);
  const key = keyWriter(keys);
  const words = new Uint32Array(4);
  const people = new Map<string, { readonly prints: readonly number[]; readonly spellings: Set<string> }>();
  let records = 0;
  let invalid = 0;
  try {
    for await (const batch of table.rows()) {
      for (const fields of batch) {
        records++;
        const raw = fields[idColumn] ?? "";
        const normal = normalise(identity, raw);
        if (normal === null) {
          invalid++;
          continue;
        }
        key(identity, normal, words, 0);
        const hex = hexOfWords(words, 0);
        const known = people.get(hex);
        if (known) known.spellings.add(raw.trim());
        else {
          const prints = fields.filter((_, c) => c !== idColumn).map((value) => print(value || null));
          people.set(hex, { prints, spellings: new Set([raw.trim()]) });
        }
      }
    }
    const end = table.end();
    return {
      ...nothing,
      people: new Map([...people].map(([hex, { prints }]) => [hex, prints])),
      records,
      invalid,
      respelled: [...people.values()].reduce((n, p) => n + p.spellings.size - 1, 0),
      finalNewline: end !== null && "finalNewline" in end && end.finalNewline,
    };
  } catch (error) {
    refused(error);
    return nothing;
  } finally {
    await table.close();
  }
}
