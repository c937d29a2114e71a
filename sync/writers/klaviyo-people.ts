import type { KlaviyoSystem } from "../../core/config.ts";
import type { IdentifierKind } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import { normalise } from "../../members/normalise.ts";
import type { ReadClient } from "../../systems/http/read-client.ts";
import { groupIdsOf, profilesBy, TOGETHER } from "../../systems/klaviyo/client.ts";
import type { KlaviyoProfile } from "../../systems/klaviyo/profile.ts";
import type { GroupKind } from "../../systems/klaviyo/source.ts";

export type Group = { readonly kind: GroupKind; readonly id: string };
type Identifiers = Readonly<Partial<Record<IdentifierKind, string>>>;
type Reading = { readonly config: KlaviyoSystem; readonly http: ReadClient; readonly context: Context };

/** How a person is looked up: by the first of these that they have. */
const KINDS = [
  ["email", "email"],
  ["customer_id", "external_id"],
  ["phone", "phone_number"],
] as const;
type Field = (typeof KINDS)[number][1];
type Wanted = { readonly field: Field; readonly value: string; readonly spelt: string };

function wantedOf(ids: Identifiers): Wanted | null {
  for (const [kind, field] of KINDS) {
    const spelt = ids[kind]?.trim();
    const value = spelt === undefined ? null : normalise(kind, spelt);
    if (value !== null && spelt !== undefined) return { field, value, spelt };
  }
  return null;
}

const keyOf = (p: KlaviyoProfile, field: Field): string | null =>
  field === "email" ? (p.email?.toLowerCase() ?? null) : field === "phone_number" ? p.phone : p.externalId;

const chunks = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, i) =>
    all.slice(i * TOGETHER, (i + 1) * TOGETHER),
  );

/** The profiles of these people, in their order; empty: not in Klaviyo; null: no usable identifier. */
export async function findPeople(
  { config, http, context }: Reading,
  people: readonly { readonly identifiers: Identifiers }[],
): Promise<readonly (readonly KlaviyoProfile[] | null)[]> {
  const wanted = people.map((p) => wantedOf(p.identifiers));
  const found = new Map<string, KlaviyoProfile[]>();
  for (const [, field] of KINDS) {
    const mine = wanted.filter((w) => w !== null && w.field === field) as readonly Wanted[];
    for (const some of chunks(mine)) {
      const values = [...new Set(some.flatMap((w) => [w.value, w.spelt]))];
      const fields = Object.values(config.attributes);
      for (const p of await profilesBy(http, config.id, field, values, null, fields, context)) {
        const key = `${field} ${keyOf(p, field)}`;
        const known = found.get(key);
        if (known === undefined) found.set(key, [p]);
        else if (known.every((k) => k.id !== p.id)) known.push(p);
      }
    }
  }
  return wanted.map((w) => (w === null ? null : (found.get(`${w.field} ${w.value}`) ?? [])));
}

/** Profiles by id, as they are now. */
export async function profilesNow(
  { config, http, context }: Reading,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KlaviyoProfile>> {
  const now = new Map<string, KlaviyoProfile>();
  const fields = Object.values(config.attributes);
  for (const some of chunks([...new Set(ids)]))
    for (const p of await profilesBy(http, config.id, "id", some, null, fields, context)) now.set(p.id, p);
  return now;
}

/** Ids of those of these people who are in the group. A group can be asked by address or phone only; others are asked themselves. */
export async function membersAmong(
  { config, http, context }: Reading,
  group: Group,
  profiles: readonly KlaviyoProfile[],
): Promise<ReadonlySet<string>> {
  const members = new Set<string>();
  const emails = profiles.flatMap((p) => p.email ?? []);
  const phones = profiles.flatMap((p) => (p.email === null ? (p.phone ?? []) : []));
  for (const [field, values] of [
    ["email", emails],
    ["phone_number", phones],
  ] as const)
    for (const some of chunks([...new Set(values)]))
      for (const p of await profilesBy(http, config.id, field, some, group, [], context)) members.add(p.id);
  const isIn = async (p: KlaviyoProfile): Promise<boolean> =>
    (await groupIdsOf(http, config.id, p.id, group.kind, context)).includes(group.id);
  const alone = profiles.filter((p) => p.email === null && p.phone === null);
  for (const p of (await wronglyEmpty(members, profiles, isIn)) ? profiles : alone)
    if (await isIn(p)) members.add(p.id);
  return members;
}

/** "Nobody" would pass for a removal that worked, so it is believed only where two of these people say the same of themselves. */
async function wronglyEmpty(
  members: ReadonlySet<string>,
  profiles: readonly KlaviyoProfile[],
  isIn: (p: KlaviyoProfile) => Promise<boolean>,
): Promise<boolean> {
  if (members.size > 0) return false;
  for (const p of new Set([profiles[0], profiles.at(-1)]))
    if (p !== undefined && (await isIn(p))) return true;
  return false;
}
