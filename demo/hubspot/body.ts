import { invalid } from "./api-error.ts";

export type Json = Readonly<Record<string, unknown>>;

export function jsonBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (e) {
    throw invalid(`Invalid input JSON: ${e instanceof Error ? e.name : "unreadable"}`);
  }
}

export function objectBody(body: Buffer): Json {
  const parsed = jsonBody(body);
  if (!isObject(parsed)) throw invalid("Invalid input JSON: an object was expected");
  return parsed;
}

export const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);

/** `inputs` of a batch; HubSpot refuses too many whole. */
export function inputsOf(body: Json, most: number): readonly unknown[] {
  const { inputs } = body;
  if (!Array.isArray(inputs)) throw invalid("Some required fields were not set: [inputs]");
  if (inputs.length > most)
    throw invalid(`The maximum number of inputs supported in a batch request is ${most}`);
  return inputs;
}

export const strings = (v: unknown): readonly string[] =>
  Array.isArray(v) ? v.map((x) => (isObject(x) ? String(x.id) : String(x))) : [];

/** A number out of the query within bounds, or a 400. */
export function limitOf(query: URLSearchParams, fallback: number, most: number): number {
  const limit = Number(query.get("limit") ?? fallback);
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw invalid(`The limit must be between 1 and ${most}.`);
  return limit;
}

/** `a,b` and `a&name=b` are the same to HubSpot. */
export const listParam = (query: URLSearchParams, name: string): readonly string[] =>
  query
    .getAll(name)
    .flatMap((v) => v.split(","))
    .filter((v) => v !== "");

let latest = { ms: Number.NaN, text: "" };
/** Remembers the last one: people who were loaded together share their times. */
export function iso(ms: number): string {
  if (latest.ms !== ms) latest = { ms, text: new Date(ms).toISOString() };
  return latest.text;
}

/** The envelope of every batch answer; 207 with what went wrong beside what went well. */
export function batchAnswer(
  now: number,
  results: readonly unknown[],
  errors: readonly unknown[],
  okStatus = 200,
): { readonly status: number; readonly body: Json } {
  return {
    status: errors.length > 0 ? 207 : okStatus,
    body: {
      status: "COMPLETE",
      results,
      ...(errors.length > 0 ? { numErrors: errors.length, errors } : {}),
      startedAt: iso(now),
      completedAt: iso(now),
    },
  };
}
