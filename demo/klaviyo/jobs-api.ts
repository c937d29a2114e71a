import type { Answer, Call } from "../sim/server.ts";
import { invalid, notFound } from "./api-error.ts";
import type { Job, JobQueue } from "./job-queue.ts";
import type { JobPerson, JobWork } from "./jobs.ts";
import { JSON_API } from "./paging.ts";
import { dataOf, isJson, type Json, profileFields } from "./profile-input.ts";
import type { Vendor } from "./profiles-api.ts";
import { time } from "./resource.ts";

const PATHS = {
  suppress: "profile-suppression-bulk-create-job",
  unsuppress: "profile-suppression-bulk-delete-job",
  import: "profile-bulk-import-job",
  subscribe: "profile-subscription-bulk-create-job",
  unsubscribe: "profile-subscription-bulk-delete-job",
} as const;
const MOST = { subscribe: 1000, unsubscribe: 100, suppress: 100, unsuppress: 100, import: 10_000 } as const;

/** POST /profile-…-jobs. Subscription jobs answer 202 with nothing at all; the others with the job. */
export function startJob(vendor: Vendor, jobs: JobQueue, call: Call, kind: JobWork["kind"]): Answer {
  const data = dataOf(call.body, PATHS[kind]);
  const attributes = isJson(data.attributes) ? data.attributes : {};
  const profiles = isJson(attributes.profiles) ? attributes.profiles.data : null;
  const items: readonly unknown[] = Array.isArray(profiles) ? profiles : [];
  if (items.length > MOST[kind])
    throw invalid(
      `A maximum of ${MOST[kind]} profiles can be passed per call.`,
      "/data/attributes/profiles/data",
    );
  const relationships = isJson(data.relationships) ? data.relationships : {};
  const job = jobs.add(workOf(vendor, kind, items, attributes, relationships), vendor.now(), fateOf(call));
  if (kind === "subscribe" || kind === "unsubscribe") return { status: 202, body: null };
  return { status: 202, headers: JSON_API, body: { data: jobResource(vendor, jobs, job) } };
}

function fateOf({ fault }: Call): Job["fate"] {
  switch (fault?.kind) {
    case "job_stuck":
      return "stuck";
    case "job_failed":
      return "cancelled";
    case "ghost_ack":
      return "ghost";
    case "partial":
      return "partial";
    case "job_lost":
      return "lost";
    default:
      return null;
  }
}

function workOf(
  vendor: Vendor,
  kind: JobWork["kind"],
  items: readonly unknown[],
  attributes: Json,
  relationships: Json,
): JobWork {
  const at = "/data/attributes/profiles/data";
  if (kind === "import") {
    const inputs = items.map((item, i) => profileFields(isJson(item) ? item : {}, `${at}/${i}`));
    return { kind, profiles: inputs, listIds: groupIds(vendor, relationships.lists) };
  }
  const [list] = groupIds(vendor, relationships.list);
  const people = items.map((item, i) => person(item, kind, `${at}/${i}`));
  if (kind === "subscribe" || kind === "unsubscribe") {
    const historical = attributes.historical_import === true;
    return { kind, people, listId: list ?? null, historical };
  }
  const group = list ?? groupIds(vendor, relationships.segment)[0];
  if (group === undefined) return { kind, people };
  return { kind, people: vendor.account.store.memberIds(group).map(byId) };
}

const byId = (id: string): JobPerson => ({
  id,
  email: null,
  phone: null,
  channels: ["email"],
  consentedAt: null,
});

function groupIds(vendor: Vendor, relationship: unknown): readonly string[] {
  const data = isJson(relationship) ? relationship.data : null;
  const items: readonly unknown[] = Array.isArray(data) ? data : data === null ? [] : [data];
  return items.map((item) => {
    const id = isJson(item) ? item.id : null;
    const { lists, segments } = vendor.account.store;
    if (typeof id === "string" && (lists.has(id) || segments.has(id))) return id;
    throw notFound("list", String(id), "/data/relationships/list/data/id");
  });
}

function person(item: unknown, kind: JobWork["kind"], at: string): JobPerson {
  const resource = isJson(item) ? item : {};
  const attributes = isJson(resource.attributes) ? resource.attributes : {};
  const text = (v: unknown): string | null => (typeof v === "string" && v !== "" ? v : null);
  const [id, email, phone] = [text(resource.id), text(attributes.email), text(attributes.phone_number)];
  if (email === null && (kind === "suppress" || kind === "unsuppress"))
    throw invalid("'email' is a required field.", `${at}/attributes/email`);
  if (id === null && email === null && phone === null)
    throw invalid("One of 'email' or 'phone_number' is required.", `${at}/attributes`);
  const subscriptions = isJson(attributes.subscriptions) ? attributes.subscriptions : null;
  const channels = (["email", "sms", "push"] as const).filter((c) => subscriptions?.[c] !== undefined);
  const mail = isJson(subscriptions?.email) ? subscriptions.email.marketing : null;
  const consented = isJson(mail) ? text(mail.consented_at) : null;
  return {
    id,
    email,
    phone,
    channels: subscriptions === null ? ["email"] : channels,
    consentedAt: consented === null ? null : Date.parse(consented),
  };
}

/** GET /profile-…-jobs/{id} */
export function readJob(vendor: Vendor, jobs: JobQueue, kind: JobWork["kind"], id: string): Answer {
  const job = jobs.get(id, kind);
  if (!job || job.fate === "lost") throw notFound(PATHS[kind], id);
  return { status: 200, headers: JSON_API, body: { data: jobResource(vendor, jobs, job) } };
}

/** GET /profile-bulk-import-jobs/{id}/import-errors: none; what is wrong is refused when the job is made. */
export function importErrors(vendor: Vendor, jobs: JobQueue, id: string): Answer {
  if (!jobs.get(id, "import")) throw notFound(PATHS.import, id);
  const self = `${vendor.base()}/api/profile-bulk-import-jobs/${id}/import-errors/`;
  return { status: 200, headers: JSON_API, body: { data: [], links: { self, next: null, prev: null } } };
}

function jobResource(vendor: Vendor, jobs: JobQueue, job: Job) {
  const status = jobs.status(job, vendor.now());
  const done = status === "complete";
  const skipped = job.fate === "partial" ? 1 : 0;
  const type = PATHS[job.work.kind];
  const over =
    job.work.kind === "import" ? { failed_count: done ? skipped : 0 } : { skipped_count: done ? skipped : 0 };
  return {
    type,
    id: job.id,
    attributes: {
      status,
      created_at: time(job.createdAt),
      total_count: job.total,
      completed_count: done ? job.total - skipped : 0,
      completed_at: done ? time(jobs.completedAt(job)) : null,
      ...over,
    },
    links: { self: `${vendor.base()}/api/${type}s/${job.id}/` },
  };
}
