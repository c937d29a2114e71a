import type { RestEntry } from "./build-rest.ts";
import type { Path } from "./document.ts";
import type { Report } from "./references.ts";
import { pathProblem } from "./rest-path.ts";

/** Keys whose text is a JMESPath, wherever they stand in a `rest` system (`attributes`: all of its values). */
const PATH_KEYS: readonly string[] = [
  "records",
  "only",
  "joined_at",
  "total",
  "cursor",
  "more",
  "next",
  "total_pages",
  "granted",
  "token",
  "expires_in",
];
const RECORD_KEYS = [
  "id",
  "email",
  "phone",
  "customer_id",
  "consent_at",
  "mailable",
  "bounced",
  "updated_at",
];
const RESULT_KEYS = ["path", "id", "ok", "noop", "refused", "consent"];

/** Is every path of the system JMESPath, with functions that exist? */
export function checkPaths(s: RestEntry, at: Path, report: Report): void {
  const one = (value: unknown, where: Path) => {
    if (typeof value !== "string") return;
    const problem = pathProblem(value);
    if (problem !== null) report(where, `not a JMESPath: ${problem}`, "see https://jmespath.site");
  };
  const keys = (block: object | undefined, names: readonly string[], where: Path) => {
    for (const [key, value] of Object.entries(block ?? {}))
      if (names.includes(key)) one(value, [...where, key]);
  };
  for (const [name, value] of Object.entries(s.attributes ?? {})) one(value, [...at, "attributes", name]);
  keys(s.record, RECORD_KEYS, [...at, "record"]);
  for (const [i, rule] of (s.record.consent ?? []).entries())
    one(rule.path, [...at, "record", "consent", i, "path"]);
  keys(s.scopes, PATH_KEYS, [...at, "scopes"]);
  if (s.auth.kind === "login") keys(s.auth, PATH_KEYS, [...at, "auth"]);
  for (const [name, read] of Object.entries(s.read)) {
    const here = [...at, "read", name];
    keys(read, PATH_KEYS, here);
    keys(read.paging, PATH_KEYS, [...here, "paging"]);
    keys(read.lookup, [...PATH_KEYS, "id"], [...here, "lookup"]);
  }
  const { write } = s;
  if (write === undefined) return;
  const here = [...at, "write"];
  if (write.auth.kind === "login") keys(write.auth, PATH_KEYS, [...here, "auth"]);
  keys(write.find, PATH_KEYS, [...here, "find"]);
  keys(write.in_segment, ["path"], [...here, "in_segment"]);
  for (const op of ["suppress", "remove", "add", "set"] as const)
    keys(write[op]?.results, RESULT_KEYS, [...here, op, "results"]);
}
