import { badRequest, internal, invalid } from "./api-error.ts";
import type { MemberStore } from "./member-store.ts";
import type { SimLabel, SimNewsletter } from "./model.ts";

/** What a POST or PUT said about a member; absent keys were not sent. Unknown keys are dropped, as Ghost does. */
export type MemberInput = {
  readonly email?: string;
  readonly name?: string;
  readonly note?: string;
  readonly subscribed?: boolean;
  readonly labels?: readonly unknown[];
  readonly newsletters?: readonly unknown[];
};

const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/** The first item under a root key; Ghost answers 400 when it is missing or empty. */
export function rootItem(body: unknown, key: string, what: string): Readonly<Record<string, unknown>> {
  const list = isRecord(body) ? body[key] : undefined;
  const item: unknown = Array.isArray(list) ? list[0] : undefined;
  if (!isRecord(item) || Object.keys(item).length === 0)
    throw badRequest(what, `No root key ('${key}') provided.`);
  return item;
}

const detail = (property: string, keyword: string, schemaPath: string, params: unknown, message: string) => ({
  keyword,
  dataPath: `.members[0].${property}`,
  schemaPath,
  params,
  message,
});

function schemaError(
  what: string,
  property: string,
  keyword: string,
  params: unknown,
  message: string,
): Error {
  const root = what === "save member" ? "#/properties" : "#/properties/members/items/properties";
  return invalid(what, `Validation failed for ${property}.`, property, [
    detail(property, keyword, `${root}/${property}/${keyword}`, params, message),
  ]);
}

/** An entry of labels or newsletters that is neither a fitting object nor a short string. */
function entryError(what: string, key: string, i: number, entry: unknown): Error {
  const property = `${key}[${i}]`;
  const path = `members#/definitions/member-${key}/items/anyOf`;
  const details = [
    typeof entry === "string"
      ? detail(
          property,
          "maxLength",
          `${path}/1/maxLength`,
          { limit: 191 },
          "should NOT be longer than 191 characters",
        )
      : detail(property, "type", `${path}/1/type`, { type: "string" }, "should be string"),
    detail(property, "anyOf", path, {}, "should match some schema in anyOf"),
  ];
  return invalid(what, `Validation failed for ${property}.`, property, details);
}

function text(
  item: Readonly<Record<string, unknown>>,
  key: string,
  max: number,
  what: string,
): string | undefined {
  const value = item[key];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw schemaError(what, key, "type", { type: "string" }, "should be string");
  if (value.length > max) {
    throw schemaError(what, key, "maxLength", { limit: max }, `should NOT be longer than ${max} characters`);
  }
  if (key !== "note" && value.startsWith(",")) {
    throw schemaError(what, key, "pattern", { pattern: "^([^,]|$)" }, 'should match pattern "^([^,]|$)"');
  }
  return value;
}

function list(
  item: Readonly<Record<string, unknown>>,
  key: string,
  need: readonly string[],
  what: string,
): readonly unknown[] | undefined {
  const value = item[key];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw schemaError(what, key, "type", { type: "array" }, "should be array");
  const list: readonly unknown[] = value;
  for (const [i, entry] of list.entries()) {
    const fine =
      typeof entry === "string" ? entry.length <= 191 : isRecord(entry) && need.some((n) => n in entry);
    const name = isRecord(entry) ? entry.name : entry;
    if (!fine || (typeof name === "string" && name.length > 191)) throw entryError(what, key, i, entry);
  }
  return list;
}

export function memberInput(item: Readonly<Record<string, unknown>>, what: string): MemberInput {
  const email = text(item, "email", 191, what);
  const name = text(item, "name", 191, what);
  const note = text(item, "note", 2000, what);
  const { subscribed } = item;
  if (subscribed !== undefined && typeof subscribed !== "boolean") {
    throw schemaError(what, "subscribed", "type", { type: "boolean" }, "should be boolean");
  }
  const labels = list(item, "labels", ["id", "name", "slug"], what);
  const newsletters = list(item, "newsletters", ["id", "name"], what);
  return {
    ...(email !== undefined ? { email } : {}),
    ...(name !== undefined ? { name } : {}),
    ...(note !== undefined ? { note } : {}),
    ...(subscribed !== undefined ? { subscribed } : {}),
    ...(labels ? { labels } : {}),
    ...(newsletters ? { newsletters } : {}),
  };
}

export const isEmail = (s: string): boolean =>
  /^[^\s@"(),:;<>[\]\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}$/u.test(s);

/** Labels by name, whatever the case; new ones are made. A label without a name makes Ghost fall over with a 500. */
export function labelsFrom(store: MemberStore, given: readonly unknown[], what: string): readonly SimLabel[] {
  const labels = new Map<string, SimLabel>();
  for (const entry of given) {
    const name = typeof entry === "string" ? entry : isRecord(entry) ? entry.name : undefined;
    if (typeof name !== "string")
      throw internal(what, "Cannot read properties of undefined (reading 'toLowerCase')");
    const label = store.label(name, true);
    labels.set(label.id, label);
  }
  return [...labels.values()];
}

/** Newsletters by id only: an unknown id is refused, an entry without one is silently nothing. */
export function newslettersFrom(
  store: MemberStore,
  given: readonly unknown[],
  what: string,
): readonly SimNewsletter[] {
  return given.flatMap((entry) => {
    const id = isRecord(entry) ? entry.id : undefined;
    if (id === undefined) return [];
    const found = store.newsletters.find((n) => n.id === id);
    if (!found) throw invalid(what, "Value in [newsletters.name] cannot be blank. newsletters.name");
    return [found];
  });
}
