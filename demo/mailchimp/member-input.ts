import type { ListStore } from "./list-store.ts";
import type { MergeField, MergeValue, MergeValues, Status } from "./model.ts";
import { type FieldProblem, invalid } from "./problem.ts";

export type Body = Readonly<Record<string, unknown>>;

/** The body as an object. @throws Problem 400 */
export function bodyOf(raw: Buffer): Body {
  if (raw.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw.toString("utf8"));
  } catch (e) {
    throw invalid(`We encountered an unspecified JSON parsing error: ${e instanceof Error ? e.name : ""}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw invalid("The resource submitted could not be validated.");
  return parsed as Body;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** @throws Problem 400 in Mailchimp's words */
export function emailIn(body: Body): string {
  const email = body.email_address;
  if (typeof email !== "string")
    throw invalid("The resource submitted could not be validated.", [
      { field: "email_address", message: "This value should not be blank." },
    ]);
  if (!EMAIL.test(email)) throw invalid("Please provide a valid email address.");
  return email;
}

const WRITABLE: readonly Status[] = ["subscribed", "unsubscribed", "cleaned", "pending", "transactional"];

/** A status that a client may write; `archived` is not one. null: not given. @throws Problem 400 */
export function statusIn(body: Body, field: "status" | "status_if_new"): Status | null {
  const value = body[field];
  if (value === undefined) return null;
  const found = WRITABLE.find((s) => s === value);
  if (found === undefined)
    throw invalid("The resource submitted could not be validated.", [
      {
        field,
        message: `Value must be one of: subscribed, unsubscribed, cleaned, pending, transactional.`,
      },
    ]);
  return found;
}

/**
 * Values for merge fields. One that is wrong refuses the whole member; keys that the list does not have are ignored
 * (both seen in recorded traffic). With `skip` required fields may be missing; a wrong type is refused all the same.
 */
export function mergeIn(body: Body, list: ListStore, before: MergeValues, skip: boolean): MergeValues {
  const given = body.merge_fields;
  const values: Record<string, MergeValue> = { ...before };
  const errors: FieldProblem[] = [];
  const raw = typeof given === "object" && given !== null ? (given as Body) : {};
  for (const field of list.settings.mergeFields) {
    const value = raw[field.tag];
    if (value === undefined) continue;
    const problem = skip && value === "" ? null : problemOf(field, value);
    if (problem !== null) errors.push({ field: field.tag, message: problem });
    else values[field.tag] = asValue(value);
  }
  if (!skip)
    for (const field of list.settings.mergeFields)
      if (field.required && (values[field.tag] ?? "") === "")
        errors.push({ field: field.tag, message: "This field should not be blank" });
  if (errors.length > 0) throw invalid("Your merge fields were invalid.", errors);
  return values;
}

function asValue(value: unknown): MergeValue {
  if (typeof value === "number") return value;
  return typeof value === "object" && value !== null ? { ...value } : String(value ?? "");
}

function problemOf(field: MergeField, value: unknown): string | null {
  if (value === "") return null;
  switch (field.type) {
    case "number":
      return Number.isFinite(Number(value)) ? null : "Please enter a number";
    case "date":
      return Number.isNaN(Date.parse(String(value))) ? "Please enter the date" : null;
    case "dropdown":
      return field.choices?.includes(String(value)) === false ? "This value is not an option" : null;
    case "address":
      return typeof value === "object" ? null : "Please enter a complete address";
    default:
      return typeof value === "object" ? "Data presented is not one of the accepted types: string" : null;
  }
}

export const skipsMerge = (query: URLSearchParams): boolean => query.get("skip_merge_validation") === "true";
