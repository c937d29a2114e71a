import { ApiError, internal } from "./api-error.ts";
import { type Answer, chosen, type Ghost } from "./members-api.ts";
import type { SimMember } from "./model.ts";

const needsFilter = (action: string): ApiError =>
  new ApiError(400, "IncorrectUsageError", `Cannot perform bulk ${action} without a filter or all=true`);

function targets(ghost: Ghost, query: URLSearchParams, action: string): readonly SimMember[] {
  if (query.get("all") === "true") return ghost.store.all();
  if (!query.get("filter") && !query.get("search")) throw needsFilter(action);
  return chosen(ghost, query, "edit member");
}

const record = (v: unknown): Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null ? { ...v } : {};

/** PUT /members/bulk/: unsubscribe, addLabel, removeLabel. Counts relations, not people. */
export function bulkEdit(ghost: Ghost, query: URLSearchParams, body: unknown): Answer {
  const bulk = record(record(body).bulk);
  const members = targets(ghost, query, "edit");
  const change = changeFor(ghost, bulk);
  let successful = 0;
  for (const before of members) {
    const { after, relations } = change(before);
    successful += relations;
    if (after === before) continue;
    ghost.store.put(after);
    ghost.journal.record(ghost.now(), "bulk", before, after);
  }
  return {
    status: 200,
    body: { bulk: { meta: { stats: { successful, unsuccessful: 0 }, errors: [], unsuccessfulData: [] } } },
  };
}

type BulkChange = (m: SimMember) => { readonly after: SimMember; readonly relations: number };

function changeFor(ghost: Ghost, bulk: Readonly<Record<string, unknown>>): BulkChange {
  if (bulk.action === "unsubscribe") {
    const { newsletter } = bulk;
    return (m) => {
      const kept = newsletter ? m.newsletters.filter((n) => n.id !== newsletter) : [];
      const gone = m.newsletters.length - kept.length;
      // The real one counts members for "all newsletters" and relations for one.
      return { after: gone > 0 ? { ...m, newsletters: kept } : m, relations: gone };
    };
  }
  if (bulk.action !== "addLabel" && bulk.action !== "removeLabel") {
    throw new ApiError(400, "IncorrectUsageError", "Unsupported bulk action");
  }
  const wanted = record(bulk.meta).label;
  if (wanted === undefined) throw internal(null, "Cannot read properties of undefined (reading 'id')");
  const label = ghost.store.labels.find((l) => l.id === record(wanted).id);
  if (bulk.action === "removeLabel") {
    return (m) => {
      const kept = m.labels.filter((l) => l !== label);
      const gone = m.labels.length - kept.length;
      return { after: gone > 0 ? { ...m, labels: kept } : m, relations: gone };
    };
  }
  return (m) => ({ after: label ? { ...m, labels: [...m.labels, label] } : m, relations: 1 });
}

/** DELETE /members/?filter=… */
export function bulkDelete(ghost: Ghost, query: URLSearchParams): Answer {
  const members = [...targets(ghost, query, "delete")];
  for (const member of members) {
    ghost.store.delete(member.id);
    ghost.journal.record(ghost.now(), "delete", member, undefined);
  }
  return {
    status: 200,
    body: {
      meta: { stats: { successful: members.length, unsuccessful: 0 }, unsuccessfulIds: [], errors: [] },
    },
  };
}
