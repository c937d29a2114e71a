import type { RestResults, RestWriteCall } from "../../core/rest-config.ts";
import { asText, isTrue, type Path, pathOf } from "./path.ts";

/** What the vendor said about one person. `ok`: it took the change, which only reading back proves. */
export type Verdict = "ok" | "noop" | "refused" | "consent" | "failed" | "unknown";

/**
 * Verdicts for the people of a call that was answered with success, in the order of `ids`. An item that no condition
 * matches has failed; one without an answer, and all of them when the list of results is not as long, is unknown.
 *
 * @throws AuditorError config when a path is no JMESPath
 */
export function verdictsOf(
  where: string,
  results: RestResults | null,
  body: unknown,
  ids: readonly string[],
): readonly Verdict[] {
  if (results === null) return ids.map(() => "ok");
  const list: unknown = pathOf(where, results.path).at(body);
  if (!Array.isArray(list)) return ids.map(() => "unknown");
  const items: readonly unknown[] = list;
  const conditions: readonly (readonly [Verdict, Path])[] = (
    [
      ["consent", results.consent],
      ["refused", results.refused],
      ["noop", results.noop],
      ["ok", results.ok],
    ] as const
  ).flatMap(([verdict, path]) => (path === null ? [] : [[verdict, pathOf(where, path)] as const]));
  const judge = (item: unknown): Verdict =>
    conditions.find(([, path]) => isTrue(path.at(item)))?.[0] ?? "failed";

  if (results.by === "index")
    return items.length === ids.length ? items.map(judge) : ids.map(() => "unknown");
  const idPath = pathOf(where, results.id ?? "id");
  const byId = new Map<string, Verdict>();
  for (const item of items) {
    const id = asText(idPath.at(item));
    if (id === null) continue;
    const verdict = judge(item);
    // two answers for one person that disagree tell nothing
    byId.set(id, byId.has(id) && byId.get(id) !== verdict ? "unknown" : verdict);
  }
  return ids.map((id) => byId.get(id) ?? "unknown");
}

/** What a status of the whole call means, where the YAML gives it a meaning; null: the usual one. */
export function statusVerdict(call: RestWriteCall, status: number | null): Verdict | null {
  if (status === null) return null;
  const { noop, refused, consent } = call.statuses;
  if (consent.includes(status)) return "consent";
  if (refused.includes(status)) return "refused";
  return noop.includes(status) ? "noop" : null;
}
