import type { Answer, Call } from "../sim/server.ts";
import { browseMetrics, readAccount } from "./account-api.ts";
import { plainError } from "./api-error.ts";
import { browseCampaigns, browseFlows, readCampaign, readFlow, valuesReport } from "./campaigns-api.ts";
import {
  browseGroups,
  browseMembers,
  changeMembers,
  createList,
  readGroup,
  wantsCount,
} from "./groups-api.ts";
import type { JobQueue } from "./job-queue.ts";
import { importErrors, readJob, startJob } from "./jobs-api.ts";
import { L, type Limit, M, REPORT, S, XS } from "./limits.ts";
import { browseProfiles, groupsOfProfile, readProfile, type Vendor, writeProfile } from "./profiles-api.ts";

export type Klaviyo = Vendor & {
  readonly jobs: JobQueue;
  /** What a scripted `wrong_total` adds to counts, until it is cleared. */
  wrongBy(): number;
};

export type Operation = {
  readonly name: string;
  /** "GET /lists/:id/profiles" */
  readonly route: string;
  readonly limit: Limit;
  readonly lists?: true;
  run(vendor: Klaviyo, call: Call, id: string): Answer;
};

const SUPPRESS = "/profile-suppression-bulk-create-jobs";
const UNSUPPRESS = "/profile-suppression-bulk-delete-jobs";
const IMPORT = "/profile-bulk-import-jobs";

/** The part of the API that the simulator knows, with the limit that the description of 2026-07-15 gives each operation. */
const OPERATIONS: readonly Operation[] = [
  { name: "get_accounts", route: "GET /accounts", limit: XS, run: (v) => readAccount(v) },
  { name: "get_metrics", route: "GET /metrics", limit: M, run: (v) => browseMetrics(v) },
  {
    name: "get_lists",
    route: "GET /lists",
    limit: L,
    lists: true,
    run: (v, c) => browseGroups(v, c, "list"),
  },
  { name: "create_list", route: "POST /lists", limit: { ...M, daily: 150 }, run: createList },
  {
    name: "get_list",
    route: "GET /lists/:id",
    limit: L,
    run: (v, c, id) => readGroup(v, c, "list", id, v.wrongBy()),
  },
  {
    name: "get_profiles_for_list",
    route: "GET /lists/:id/profiles",
    limit: L,
    lists: true,
    run: (v, c, id) => browseMembers(v, c, "list", id, false),
  },
  {
    name: "get_profile_ids_for_list",
    route: "GET /lists/:id/relationships/profiles",
    limit: L,
    lists: true,
    run: (v, c, id) => browseMembers(v, c, "list", id, true),
  },
  {
    name: "add_profiles_to_list",
    route: "POST /lists/:id/relationships/profiles",
    limit: M,
    run: (v, c, id) => changeMembers(v, c, id, "add"),
  },
  {
    name: "remove_profiles_from_list",
    route: "DELETE /lists/:id/relationships/profiles",
    limit: M,
    run: (v, c, id) => changeMembers(v, c, id, "remove"),
  },
  {
    name: "get_flows_triggered_by_list",
    route: "GET /lists/:id/flow-triggers",
    limit: S,
    lists: true,
    run: browseFlows,
  },
  {
    name: "get_segments",
    route: "GET /segments",
    limit: L,
    lists: true,
    run: (v, c) => browseGroups(v, c, "segment"),
  },
  {
    name: "get_segment",
    route: "GET /segments/:id",
    limit: L,
    run: (v, c, id) => readGroup(v, c, "segment", id, v.wrongBy()),
  },
  {
    name: "get_profiles_for_segment",
    route: "GET /segments/:id/profiles",
    limit: L,
    lists: true,
    run: (v, c, id) => browseMembers(v, c, "segment", id, false),
  },
  {
    name: "get_profile_ids_for_segment",
    route: "GET /segments/:id/relationships/profiles",
    limit: L,
    lists: true,
    run: (v, c, id) => browseMembers(v, c, "segment", id, true),
  },
  {
    name: "get_flows_triggered_by_segment",
    route: "GET /segments/:id/flow-triggers",
    limit: S,
    lists: true,
    run: browseFlows,
  },
  { name: "get_profiles", route: "GET /profiles", limit: L, lists: true, run: browseProfiles },
  {
    name: "create_profile",
    route: "POST /profiles",
    limit: L,
    run: (v, c) => writeProfile(v, c, "create", null),
  },
  { name: "get_profile", route: "GET /profiles/:id", limit: L, run: readProfile },
  {
    name: "update_profile",
    route: "PATCH /profiles/:id",
    limit: L,
    run: (v, c, id) => writeProfile(v, c, "update", id),
  },
  {
    name: "get_lists_for_profile",
    route: "GET /profiles/:id/lists",
    limit: S,
    run: (v, _, id) => groupsOfProfile(v, id, "lists"),
  },
  {
    name: "get_segments_for_profile",
    route: "GET /profiles/:id/segments",
    limit: S,
    run: (v, _, id) => groupsOfProfile(v, id, "segments"),
  },
  {
    name: "create_or_update_profile",
    route: "POST /profile-import",
    limit: L,
    run: (v, c) => writeProfile(v, c, "upsert", null),
  },
  {
    name: "bulk_import_profiles",
    route: `POST ${IMPORT}`,
    limit: M,
    run: (v, c) => startJob(v, v.jobs, c, "import"),
  },
  {
    name: "get_bulk_import_profiles_job",
    route: `GET ${IMPORT}/:id`,
    limit: M,
    run: (v, _, id) => readJob(v, v.jobs, "import", id),
  },
  {
    name: "get_errors_for_bulk_import_profiles_job",
    route: `GET ${IMPORT}/:id/import-errors`,
    limit: M,
    run: (v, _, id) => importErrors(v, v.jobs, id),
  },
  {
    name: "bulk_subscribe_profiles",
    route: "POST /profile-subscription-bulk-create-jobs",
    limit: L,
    run: (v, c) => startJob(v, v.jobs, c, "subscribe"),
  },
  {
    name: "bulk_unsubscribe_profiles",
    route: "POST /profile-subscription-bulk-delete-jobs",
    limit: L,
    run: (v, c) => startJob(v, v.jobs, c, "unsubscribe"),
  },
  {
    name: "bulk_suppress_profiles",
    route: `POST ${SUPPRESS}`,
    limit: L,
    run: (v, c) => startJob(v, v.jobs, c, "suppress"),
  },
  {
    name: "get_bulk_suppress_profiles_job",
    route: `GET ${SUPPRESS}/:id`,
    limit: L,
    run: (v, _, id) => readJob(v, v.jobs, "suppress", id),
  },
  {
    name: "bulk_unsuppress_profiles",
    route: `POST ${UNSUPPRESS}`,
    limit: L,
    run: (v, c) => startJob(v, v.jobs, c, "unsuppress"),
  },
  {
    name: "get_bulk_unsuppress_profiles_job",
    route: `GET ${UNSUPPRESS}/:id`,
    limit: L,
    run: (v, _, id) => readJob(v, v.jobs, "unsuppress", id),
  },
  { name: "get_campaigns", route: "GET /campaigns", limit: M, lists: true, run: browseCampaigns },
  { name: "get_campaign", route: "GET /campaigns/:id", limit: M, run: readCampaign },
  { name: "get_flows", route: "GET /flows", limit: S, lists: true, run: (v, c) => browseFlows(v, c, null) },
  { name: "get_flow", route: "GET /flows/:id", limit: S, run: readFlow },
  {
    name: "query_campaign_values",
    route: "POST /campaign-values-reports",
    limit: REPORT,
    run: (v, c) => valuesReport(v, c, "campaign"),
  },
  {
    name: "query_flow_values",
    route: "POST /flow-values-reports",
    limit: REPORT,
    run: (v, c) => valuesReport(v, c, "flow"),
  },
];

const BY_ROUTE = new Map(OPERATIONS.map((o) => [o.route, o]));
const PATHS = new Set(OPERATIONS.map((o) => o.route.split(" ")[1]));

/** The second part of every path is an id, where there is one. */
export function findOperation(
  method: string,
  path: string,
): { readonly operation: Operation | null; readonly id: string; readonly known: boolean } {
  const [root = "", id = "", ...rest] = path.split("/").filter((part) => part !== "");
  const shape = `/${[root, ...(id === "" ? [] : [":id"]), ...rest].join("/")}`;
  return {
    operation: BY_ROUTE.get(`${method} ${shape}`) ?? null,
    id: decodeURIComponent(id),
    known: PATHS.has(shape),
  };
}

/** Members of a segment cannot be written, and nothing else answers to a verb that it does not know. */
export function route(
  vendor: Klaviyo,
  call: Call,
  take: (operation: Operation, limit: Limit) => Readonly<Record<string, string>>,
): Answer {
  const { operation, id, known } = findOperation(call.method, call.path);
  if (!operation) {
    throw known
      ? plainError(405, `Method "${call.method}" not allowed.`)
      : plainError(404, "The requested resource does not exist.");
  }
  const headers = take(operation, wantsCount(call.query) ? XS : operation.limit);
  const answer = operation.run(vendor, call, id);
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
