import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { ApiError, invalid } from "./api-error.ts";
import { isObject, iso, type Json, jsonBody, limitOf, strings } from "./body.ts";
import { firstAbove } from "./contact-store.ts";
import { lagOf } from "./contacts-api.ts";
import { listOr404 } from "./lists-api.ts";
import { harmed, pageBody } from "./page.ts";

/** `GET /crm/v3/lists/{id}/memberships`: by record id, ≤ 250 a page. */
export function memberships(account: Account, call: Call, id: string): Answer {
  listOr404(account, id);
  const limit = limitOf(call.query, 100, 250);
  if (call.fault?.kind === "drift") {
    const leaver = account.lists.members(id).ids[0];
    if (leaver !== undefined) account.lists.change(id, [leaver], null, true);
  }
  const { ids, joinedAt } = laggedMembers(account, id, lagOf(call));
  const start = startOf(ids, call.query.get("after"));
  const row = (recordId: number): Json => ({
    recordId: String(recordId),
    membershipTimestamp: iso(joinedAt.get(recordId) ?? account.now()),
  });
  const shown = ids.slice(start, start + limit);
  const next = start + limit < ids.length ? cursorOf(shown.at(-1) ?? 0) : null;
  const page = harmed(call, { results: shown.map(row), next, total: ids.length }, () =>
    ids.slice(Math.max(0, start - limit), start).map(row),
  );
  return { status: 200, body: pageBody(page, `/crm/v3/lists/${id}/memberships?limit=${limit}&`) };
}

/** `GET /crm/v3/lists/records/0-1/{recordId}/memberships`. */
export function listsOfRecord(account: Account, recordId: string): Answer {
  const id = account.contacts.get(Number(recordId))?.id ?? Number(recordId);
  const results = account.lists.listsOf(id).map((listId) => {
    const at = iso(account.lists.members(listId).joinedAt.get(id) ?? account.now());
    return {
      listId,
      listVersion: account.lists.get(listId)?.version ?? 1,
      firstAddedTimestamp: at,
      lastAddedTimestamp: at,
    };
  });
  return { status: 200, body: { results, total: results.length } };
}

/** `PUT …/memberships/add`, `/remove` and `/add-and-remove`: unknown ids are told, those that are there already are not. */
export function changeMemberships(account: Account, call: Call, id: string, verb: string): Answer {
  const list = listOr404(account, id);
  if (list.processingType === "DYNAMIC")
    throw new ApiError(
      400,
      "VALIDATION_ERROR",
      `Memberships of list ${id} cannot be edited: its processing type is DYNAMIC.`,
      { subCategory: "ListError.INVALID_PROCESSING_TYPE" },
    );
  const body = jsonBody(call.body);
  const wanted = wantedOf(verb, body);
  const missing: string[] = [];
  const existing = (ids: readonly string[]): readonly number[] => {
    const kept = new Set<number>();
    for (const raw of ids) {
      const found = account.contacts.get(Number(raw));
      if (found === undefined || found.archivedAt !== null) missing.push(raw);
      else kept.add(found.id);
    }
    return [...kept];
  };
  let added = existing(wanted.add).filter((c) => !account.lists.has(id, c));
  let removed = existing(wanted.remove).filter((c) => account.lists.has(id, c));
  if (call.fault?.kind === "partial") {
    missing.push(...[...added, ...removed].slice(0, 1).map(String));
    removed = added.length > 0 ? removed : removed.slice(1);
    added = added.slice(1);
  }
  if (call.fault?.kind !== "ghost_ack") {
    for (const c of added)
      account.recorded("list.add", c, () => account.lists.change(id, [c], account.now()));
    for (const c of removed) account.recorded("list.remove", c, () => account.lists.change(id, [c], null));
  }
  return {
    status: 200,
    body: {
      recordsIdsAdded: added.map(String),
      recordIdsRemoved: removed.map(String),
      recordIdsMissing: [...new Set(missing)],
    },
  };
}

function wantedOf(verb: string, body: unknown): { add: readonly string[]; remove: readonly string[] } {
  if (verb === "add-and-remove") {
    if (!isObject(body)) throw invalid("Invalid input JSON: an object was expected");
    return { add: strings(body.recordIdsToAdd), remove: strings(body.recordIdsToRemove) };
  }
  if (!Array.isArray(body)) throw invalid("Invalid input JSON: an array of record ids was expected");
  return verb === "add" ? { add: strings(body), remove: [] } : { add: [], remove: strings(body) };
}

/** The cursor is opaque: base64 of the last record id. */
const cursorOf = (lastId: number): string => Buffer.from(String(lastId)).toString("base64");

function startOf(ids: readonly number[], after: string | null): number {
  if (after === null || after === "") return 0;
  const last = Number(Buffer.from(after, "base64").toString("utf8"));
  if (!Number.isInteger(last)) throw invalid("The after parameter is not a valid paging cursor.");
  return firstAbove(ids, last);
}

function laggedMembers(
  account: Account,
  id: string,
  lagMs: number | null,
): ReturnType<Account["lists"]["members"]> {
  const now = account.lists.members(id);
  if (lagMs === null) return now;
  const since = account.now() - lagMs;
  const joinedAt = new Map(now.joinedAt);
  for (const e of account.journal.entries.filter((x) => Date.parse(x.at) >= since).reverse()) {
    if (e.before?.lists.includes(id)) joinedAt.set(Number(e.memberId), since);
    else joinedAt.delete(Number(e.memberId));
  }
  return { ids: Array.from(joinedAt.keys()).sort((a, b) => a - b), joinedAt };
}
