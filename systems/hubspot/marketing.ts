import type { Call } from "../http/connector-deps.ts";
import type { ReadClient } from "../http/read-client.ts";
import { type HubspotPage, isObject, type Json, objectsOf, pageOf, textOrNull } from "./wire.ts";

/** A marketing email: planned, sent, or sent by a workflow. */
export type MarketingEmail = {
  readonly id: string;
  readonly name: string;
  /** DRAFT, SCHEDULED, PUBLISHED, AUTOMATED, … */
  readonly state: string;
  readonly publishDate: string | null;
  /** Ids of lists. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Counts by HubSpot's names: sent, delivered, bounce, … */
  readonly counters: Readonly<Record<string, number>>;
};

export type Flow = {
  readonly id: string;
  readonly name: string;
  readonly live: boolean;
  /** Ids of lists that start it. */
  readonly listIds: readonly string[];
};

/** So many pages of 100 are looked at, the newest first. */
const MAX_PAGES = 5;

/** Emails changed last first. Needs the scope marketing-email or content. */
export async function marketingEmails(
  http: ReadClient,
  where: string,
  call: Call,
): Promise<readonly MarketingEmail[]> {
  const query = { limit: 100, sort: "-updatedAt", includeStats: "true" };
  return pages((after) => http.get("/marketing/v3/emails/", { ...query, ...after }, call), where, asEmail);
}

/** Workflows on contacts that run now, with the lists that start them. Needs the scope automation. */
export async function liveFlows(http: ReadClient, where: string, call: Call): Promise<readonly Flow[]> {
  const all = await pages(
    (after) => http.get("/automation/v4/flows", { limit: 100, ...after }, call),
    where,
    asFlow,
  );
  const live: Flow[] = [];
  for (const flow of all.filter((f) => f.live)) {
    const body = await http.get(`/automation/v4/flows/${encodeURIComponent(flow.id)}`, {}, call);
    live.push({ ...flow, listIds: isObject(body) ? listsIn(body.enrollmentCriteria) : [] });
  }
  return live;
}

async function pages<T>(
  ask: (after: { after?: string }) => Promise<unknown>,
  where: string,
  item: (o: Json) => T,
): Promise<readonly T[]> {
  const all: T[] = [];
  let after: { after?: string } = {};
  for (let n = 0; n < MAX_PAGES; n++) {
    const page: HubspotPage<T> = pageOf(await ask(after), where, item);
    all.push(...page.items);
    if (page.next === null || page.next === after.after) break;
    after = { after: page.next };
  }
  return all;
}

function asEmail(o: Json): MarketingEmail {
  const to = isObject(o.to) && isObject(o.to.contactIlsLists) ? o.to.contactIlsLists : {};
  const stats = isObject(o.stats) && isObject(o.stats.counters) ? o.stats.counters : {};
  const ids = (v: unknown) => (Array.isArray(v) ? v.map(String) : []);
  return {
    id: textOrNull(o.id) ?? "",
    name: textOrNull(o.name) ?? "",
    state: textOrNull(o.state) ?? "",
    publishDate: textOrNull(o.publishDate),
    include: ids(to.include),
    exclude: ids(to.exclude),
    counters: Object.fromEntries(
      Object.entries(stats).filter((e): e is [string, number] => typeof e[1] === "number"),
    ),
  };
}

const asFlow = (o: Json): Flow => ({
  id: textOrNull(o.id) ?? "",
  name: textOrNull(o.name) ?? `workflow ${textOrNull(o.id) ?? ""}`,
  live: o.isEnabled === true,
  listIds: [],
});

/** Ids of the lists that somebody must be on, wherever in the tree of branches. */
function listsIn(tree: unknown): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap(listsIn);
  if (!isObject(tree)) return [];
  const here =
    tree.filterType === "IN_LIST" && tree.operator !== "NOT_IN_LIST" ? textOrNull(tree.listId) : null;
  return [...(here === null ? [] : [here]), ...Object.values(tree).flatMap(listsIn)];
}

/**
 * The rule of a list as text, one condition a line, indented by branch; keys in order, so that equal text means an equal
 * rule.
 */
export function definitionText(branch: Json, depth = 0): string {
  const indent = "  ".repeat(depth);
  const filters = Array.isArray(branch.filters) ? objectsOf(branch, "filters", "") : [];
  const branches = Array.isArray(branch.filterBranches) ? objectsOf(branch, "filterBranches", "") : [];
  const word = textOrNull(branch.filterBranchType) ?? "?";
  return [
    `${indent}${word}`,
    ...filters.map((f) => `${indent}  ${conditionText(f)}`).sort(),
    ...branches.map((b) => definitionText(b, depth + 1)).sort(),
  ].join("\n");
}

function conditionText(filter: Json): string {
  const { operation } = filter;
  if (filter.filterType === "IN_LIST") return `${String(filter.operator)} ${String(filter.listId)}`;
  if (filter.filterType !== "PROPERTY" || !isObject(operation)) return canonical(filter);
  const values = Array.isArray(operation.values) ? operation.values.map(String).sort() : [operation.value];
  const told = values.filter((v) => v !== undefined).join(" | ");
  const empty = operation.includeObjectsWithNoValueSet === true ? " (or no value)" : "";
  return `${String(filter.property)} ${String(operation.operator)} ${told}${empty}`.trimEnd();
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(",")}}`;
}
