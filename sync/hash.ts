import { createHash } from "node:crypto";
import { AuditorError } from "../core/errors.ts";
import type { Plan, PlanDoc } from "../core/repair.ts";

/**
 * JSON with sorted keys and no white space, so that one document has one text whatever the order of its keys.
 * Keys whose value is `undefined` are left out, as JSON does.
 *
 * @throws bad_data on values that JSON would change silently (NaN, infinities, functions, bigints)
 * @example canonicalJson({ b: 1, a: [null, "x"] }) // '{"a":[null,"x"],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") {
    const fields = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`);
    return `{${fields.join(",")}}`;
  }
  throw new AuditorError(
    "bad_data",
    "plan",
    `a ${typeof value} has no place in a plan`,
    "report this as a fault of Plumbline",
  );
}

/** SHA-256 over the canonical JSON of the document, 64 lower-case hex digits. Approvals bind to it. */
export const planHash = (doc: PlanDoc): string =>
  createHash("sha256").update(canonicalJson(doc)).digest("hex");

/** False when the stored document is not the one that was drafted. */
export const verifyHash = (plan: Pick<Plan, "doc" | "hash">): boolean => planHash(plan.doc) === plan.hash;
