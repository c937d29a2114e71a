import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { ApiError, invalid } from "./api-error.ts";
import { iso, type Json, objectBody, strings } from "./body.ts";
import { branchProblem } from "./filter-branch.ts";
import type { FilterBranch, SimList } from "./list-store.ts";
import type { ProcessingType } from "./model.ts";

export const listNotFound = (id: string): ApiError =>
  new ApiError(404, "OBJECT_NOT_FOUND", `List does not exist with ID ${id}.`, {
    subCategory: "ListError.LIST_NOT_FOUND",
  });

export function listOr404(account: Account, id: string): SimList {
  const list = account.lists.get(id);
  if (list === undefined) throw listNotFound(id);
  return list;
}

/** `GET /crm/v3/lists/{id}`. */
export function getList(account: Account, call: Call, id: string): Answer {
  return { status: 200, body: { list: listJson(account, listOr404(account, id), withFilters(call)) } };
}

/** `GET /crm/v3/lists/object-type-id/{type}/name/{name}`. */
export function getListByName(account: Account, call: Call, type: string, name: string): Answer {
  const list = account.lists.byName(name, type);
  if (list === undefined)
    throw new ApiError(404, "OBJECT_NOT_FOUND", `List does not exist with name ${name}.`, {
      subCategory: "ListError.LIST_NOT_FOUND",
    });
  return { status: 200, body: { list: listJson(account, list, withFilters(call)) } };
}

/** `GET /crm/v3/lists?listIds=…`: unknown ids are left out. */
export function getLists(account: Account, call: Call): Answer {
  const found = call.query
    .getAll("listIds")
    .map((id) => account.lists.get(id))
    .filter((l) => l !== undefined);
  return { status: 200, body: { lists: found.map((l) => listJson(account, l, withFilters(call))) } };
}

/** `POST /crm/v3/lists/search`: ≤ 500 a page, by offset; the size is among the additional properties. */
export function searchLists(account: Account, call: Call): Answer {
  const body = objectBody(call.body);
  const offset = Number(body.offset ?? 0);
  const count = Math.min(Number(body.count ?? 20), 500);
  const query = String(body.query ?? "").toLowerCase();
  const types = strings(body.processingTypes);
  const ids = strings(body.listIds);
  const found = account.lists
    .all()
    .filter((l) => l.name.toLowerCase().includes(query))
    .filter((l) => types.length === 0 || types.includes(l.processingType))
    .filter((l) => ids.length === 0 || ids.includes(l.id));
  const shown = found.slice(offset, offset + count);
  return {
    status: 200,
    body: {
      offset: offset + shown.length,
      hasMore: offset + shown.length < found.length,
      lists: shown.map((l) => {
        const { size, filterBranch, ...rest } = listJson(account, l, false);
        return {
          ...rest,
          additionalProperties: {
            hs_list_size: String(size),
            hs_list_reference_count: "0",
            hs_last_record_added_at: String(l.updatedAt),
          },
        };
      }),
      total: found.length,
    },
  };
}

/** `POST /crm/v3/lists`. */
export function createList(account: Account, call: Call): Answer {
  const body = objectBody(call.body);
  const { name, objectTypeId, processingType } = body;
  if (typeof name !== "string" || typeof objectTypeId !== "string" || typeof processingType !== "string")
    throw invalid("Some required fields were not set: [name, objectTypeId, processingType]");
  if (!["MANUAL", "SNAPSHOT", "DYNAMIC"].includes(processingType))
    throw invalid(`Invalid processing type ${processingType}`);
  if (account.lists.byName(name, objectTypeId) !== undefined)
    throw invalid(`List name ${name} is already in use.`, { subCategory: "ListError.DUPLICATE_LIST_NAMES" });
  if (processingType !== "MANUAL") refuseBranch(body.filterBranch);
  const list = account.lists.add({
    name,
    objectTypeId,
    processingType: processingType as ProcessingType,
    filterBranch: processingType === "MANUAL" ? null : (body.filterBranch as FilterBranch),
  });
  if (call.fault?.kind === "job_stuck") account.lists.spoil(list.id, "stuck");
  if (call.fault?.kind === "job_failed") account.lists.spoil(list.id, "failed");
  account.journal.record(account.now(), "list.create", `list:${list.id}`, null, null);
  return { status: 200, body: { list: listJson(account, list, true) } };
}

/** `PUT …/{id}/update-list-filters`. */
export function updateFilters(account: Account, call: Call, id: string): Answer {
  if (listOr404(account, id).processingType !== "DYNAMIC")
    throw invalid("Only lists with a processing type of DYNAMIC have filters that can be updated.");
  const { filterBranch } = objectBody(call.body);
  refuseBranch(filterBranch);
  const list = account.lists.update(id, { filterBranch: filterBranch as FilterBranch });
  return { status: 200, body: { updatedList: list === undefined ? null : listJson(account, list, true) } };
}

/** `DELETE /crm/v3/lists/{id}`. */
export function deleteList(account: Account, id: string): Answer {
  listOr404(account, id);
  account.lists.delete(id);
  account.journal.record(account.now(), "list.delete", `list:${id}`, null, null);
  return { status: 204, body: null };
}

function refuseBranch(branch: unknown): void {
  const problem = branchProblem(branch);
  if (problem !== null) throw invalid(problem, { subCategory: "ListError.INVALID_FILTER" });
}

const withFilters = (call: Call): boolean => call.query.get("includeFilters") === "true";

export function listJson(
  account: Account,
  list: SimList,
  filters: boolean,
): Json & { readonly size: number } {
  const { size, processing } = account.lists.status(list.id);
  return {
    listId: list.id,
    listVersion: list.version,
    createdAt: iso(list.createdAt),
    updatedAt: iso(list.updatedAt),
    ...(list.filtersUpdatedAt === null ? {} : { filtersUpdatedAt: iso(list.filtersUpdatedAt) }),
    processingStatus: processing,
    createdById: "4711",
    updatedById: "4711",
    processingType: list.processingType,
    objectTypeId: list.objectTypeId,
    name: list.name,
    size,
    ...(filters && list.filterBranch !== null ? { filterBranch: list.filterBranch } : {}),
  };
}
