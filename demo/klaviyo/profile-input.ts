import { invalid } from "./api-error.ts";

export type Json = Readonly<Record<string, unknown>>;
export const isJson = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);

export function parseJson(body: Buffer): Json {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    if (isJson(parsed)) return parsed;
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
  }
  throw invalid("Request body is not valid JSON.", "/data");
}

/** `data` of a body, of this type. */
export function dataOf(body: Buffer, type: string): Json {
  const { data } = parseJson(body);
  if (!isJson(data)) throw invalid("'data' is a required field.", "/data");
  if (data.type !== type) throw invalid(`'type' must be '${type}'.`, "/data/type");
  return data;
}

/** Fields to write. Absent: leave alone; null: clear. */
export type ProfileInput = {
  readonly id: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly externalId?: string | null;
  readonly names: Readonly<Record<string, string | null>>;
  readonly location: Json;
  readonly properties: Json;
  readonly unset: readonly string[];
};

const NAMES = ["first_name", "last_name", "organization", "locale", "title", "image"];
const OTHERS = ["email", "phone_number", "external_id", "location", "properties", "_kx", "anonymous_id"];
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const E164 = /^\+[1-9]\d{6,14}$/;
const MAX_BYTES = 100 * 1024;

/** A profile as POST, PATCH and import bodies give it; `expectId`: the id that the path names. */
export function profileInput(body: Buffer, expectId: string | null): ProfileInput {
  if (body.length > MAX_BYTES) throw invalid("Payload exceeds 100KB.", "/data");
  const data = dataOf(body, "profile");
  if (expectId !== null && data.id !== expectId)
    throw invalid("The id in the payload must match the id of the URL.", "/data/id");
  return profileFields(data, "/data");
}

/** The same from one resource, wherever it stands; `at`: JSON pointer to it. */
export function profileFields(data: Json, at: string): ProfileInput {
  const attributes = isJson(data.attributes) ? data.attributes : {};
  for (const name of Object.keys(attributes)) {
    if (!NAMES.includes(name) && !OTHERS.includes(name)) {
      throw invalid(`'${name}' is not a valid field for the resource 'profile'.`, `${at}/attributes/${name}`);
    }
  }
  const text = (name: string): string | null | undefined => {
    const value = attributes[name];
    if (value === undefined || value === null) return value;
    if (typeof value !== "string") throw invalid(`'${name}' must be a string.`, `${at}/attributes/${name}`);
    return value;
  };
  const email = text("email");
  if (email && !EMAIL.test(email)) throw invalid("Invalid email address", `${at}/attributes/email`);
  const phone = text("phone_number");
  if (phone && !E164.test(phone))
    throw invalid(
      "Invalid phone number format. (Example of a valid format: +12345678901)",
      `${at}/attributes/phone_number`,
    );
  const externalId = text("external_id");
  const names: Record<string, string | null> = {};
  for (const name of NAMES) {
    const value = text(name);
    if (value !== undefined) names[name] = value;
  }
  const { properties, location } = attributes;
  return {
    id: typeof data.id === "string" ? data.id : null,
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(externalId === undefined ? {} : { externalId }),
    names,
    location: isJson(location) ? location : {},
    properties: isJson(properties) ? properties : {},
    unset: unsetOf(data.meta),
  };
}

function unsetOf(meta: unknown): readonly string[] {
  const patch = isJson(meta) ? meta.patch_properties : null;
  const unset = isJson(patch) ? patch.unset : null;
  if (typeof unset === "string") return [unset];
  return Array.isArray(unset) ? unset.filter((u): u is string => typeof u === "string") : [];
}
