import type {
  AttributeRule,
  Audience,
  Config,
  ConsentClock,
  ConsentScopes,
  Person,
  Routes,
  Safeguards,
  SegmentConfig,
  Send,
  SqlWrite,
  SystemConfig,
  WriterJob,
} from "../core/config.ts";
import { audienceId, type SegmentSource, systemId } from "../core/model.ts";
import { buildHttpSystem, type Common } from "./build-http-system.ts";
import { STANDARD_CLOCKS } from "./consent-clocks.ts";
import type { ConfigFile } from "./schema.ts";
import type { AttributeFileEntry, AudienceFileEntry, SegmentEntry } from "./schema-audiences.ts";
import type { SystemEntry } from "./schema-systems.ts";
import { secretOrNull, secretRef } from "./secret-ref.ts";

/** The file as written → the object the program works with; every default is applied here. Expects a valid file. */
export function buildConfig(file: ConfigFile): Config {
  return {
    company: file.company,
    timezone: file.timezone ?? "UTC",
    server: {
      host: file.server?.host ?? "127.0.0.1",
      port: file.server?.port ?? 4780,
      publicUrl: file.server?.public_url ?? null,
    },
    systems: file.systems.map(buildSystem),
    audiences: file.audiences.map(buildAudience),
    attributes: (file.attributes ?? []).map(buildAttribute),
    dictionary: file.dictionary ?? {},
    writers: (file.writers ?? []).map(buildWriter),
    calendar: (file.calendar ?? []).map(buildSend),
    consentClocks: buildClocks(file.consent_clocks ?? {}),
    ...(file.consent_scopes === undefined ? {} : { consentScopes: buildScopes(file.consent_scopes) }),
    people: (file.people ?? []).map(buildPerson),
    checks: file.checks ?? {},
    routes: buildRoutes(file.routes ?? {}),
    safeguards: buildSafeguards(file.safeguards ?? {}),
    retention: {
      spoolDays: file.retention?.spool_days ?? 7,
      snapshotDays: file.retention?.snapshot_days ?? 400,
    },
    ...(file.audit_log?.anchor_file === undefined
      ? {}
      : { auditLog: { anchorFile: file.audit_log.anchor_file } }),
  };
}

function buildSystem(s: SystemEntry): SystemConfig {
  const common: Common = {
    id: systemId(s.id),
    title: s.title ?? s.id,
    attributes: s.attributes ?? {},
    ...(s.region === undefined ? {} : { region: s.region }),
  };
  switch (s.kind) {
    case "postgres":
      return {
        ...common,
        ...buildSql(s),
        kind: s.kind,
        ...(s.pushdown === undefined ? {} : { pushdown: s.pushdown }),
      };
    case "mysql":
      return { ...common, ...buildSql(s), kind: s.kind };
    case "files":
      return {
        ...common,
        kind: "files",
        sends: s.sends ?? false,
        folder: s.folder,
        base: s.base ?? null,
        columns: s.columns ?? {},
      };
    default:
      return buildHttpSystem(s, common);
  }
}

type SqlEntry = Extract<SystemEntry, { kind: "postgres" | "mysql" }>;
type WriteEntry = NonNullable<SqlEntry["write"]>;

const buildSql = (s: SqlEntry) => ({
  sends: s.sends ?? false,
  dsn: secretRef(s.dsn),
  base: s.base ?? null,
  statementTimeoutSeconds: s.statement_timeout_seconds ?? 60,
  write: s.write ? { ...buildWrite(s.write), dsn: secretRef(s.write.dsn) } : null,
});

function buildWrite(write: WriteEntry): SqlWrite {
  const { membership, attributes, suppress } = write;
  return {
    ...(membership ? { membership } : {}),
    ...(attributes ? { attributes } : {}),
    ...(suppress ? { suppress } : {}),
  };
}

function buildAudience(a: AudienceFileEntry): Audience {
  return {
    id: audienceId(a.id),
    title: a.title ?? a.id,
    purpose: a.purpose,
    owner: systemId(a.owner),
    identity: a.identity ?? "email",
    segments: a.segments.map(buildSegment),
    requiredAttributes: a.required_attributes ?? [],
    cadence: a.cadence ?? "0 6 * * *",
    latencyBudgetHours: a.latency_budget_hours ?? 24,
    direction: "one_way",
    repair: a.repair ?? "manual",
    holdout: a.holdout === undefined ? null : audienceId(a.holdout),
    ...(a.holdout_share === undefined ? {} : { holdoutShare: a.holdout_share }),
    exclusiveWith: (a.exclusive_with ?? []).map(audienceId),
    proposedBy: a.proposed_by ?? "person",
    approvedBy: a.approved_by ?? null,
    reason: a.reason ?? null,
  };
}

function buildSegment(s: SegmentEntry): SegmentConfig {
  return {
    system: systemId(s.system),
    source: sourceOf(s),
    where: s.where ?? null,
    latencyBudgetHours: s.latency_budget_hours ?? null,
  };
}

function sourceOf(s: SegmentEntry): SegmentSource {
  if (s.sql !== undefined) return { sql: s.sql };
  if (s.file !== undefined)
    return s.filter === undefined ? { file: s.file } : { file: s.file, filter: s.filter };
  if (s.label !== undefined) return { label: s.label };
  if (s.newsletter !== undefined) return { newsletter: s.newsletter };
  if (s.list !== undefined) return { list: s.list };
  if (s.segment !== undefined) return { segment: s.segment };
  if (s.tag !== undefined) return { tag: s.tag };
  if (s.subscribed !== undefined) return { subscribed: s.subscribed };
  return s.suppressed ? { suppressed: true } : { all: true };
}

const buildAttribute = (a: AttributeFileEntry): AttributeRule => ({
  name: a.name,
  title: a.title ?? a.name,
  owners: (a.owners ?? []).map(systemId),
  merge: a.merge ?? (a.class === "consent" ? "most_restrictive" : "manual"),
  class: a.class ?? "plain",
  values: a.values ?? null,
  pattern: a.pattern ?? null,
  ...(a.newest_lead_minutes === undefined ? {} : { newestLeadMinutes: a.newest_lead_minutes }),
  ...(a.allowed_in === undefined ? {} : { allowedIn: a.allowed_in.map(systemId) }),
  ...(a.regions === undefined ? {} : { regions: a.regions }),
});

const buildWriter = (w: NonNullable<ConfigFile["writers"]>[number]): WriterJob => ({
  name: w.name,
  from: w.from === undefined ? null : systemId(w.from),
  to: systemId(w.to),
  audiences: (w.audiences ?? []).map(audienceId),
  attributes: w.attributes ?? [],
  schedule: w.schedule ?? null,
  enabled: w.enabled ?? true,
});

const buildSend = (s: NonNullable<ConfigFile["calendar"]>[number]): Send => ({
  name: s.name,
  system: systemId(s.system),
  audience: audienceId(s.audience),
  at: s.at === undefined ? null : new Date(s.at).toISOString(),
  cron: s.cron ?? null,
  ...(s.excludes === undefined ? {} : { excludes: s.excludes.map(audienceId) }),
  ...(s.transactional === undefined ? {} : { transactional: s.transactional }),
});

const buildClocks = ({ apply, own }: NonNullable<ConfigFile["consent_clocks"]>): ConsentClock[] => [
  ...STANDARD_CLOCKS.filter((c) => apply === undefined || apply.some((name) => name === c.id)),
  ...(own ?? []).map((c) => ({
    id: c.id,
    title: c.title ?? c.id,
    hours: c.hours ?? null,
    businessDays: c.business_days ?? null,
    source: c.source,
  })),
];

const buildScopes = ({ scopes, map }: NonNullable<ConfigFile["consent_scopes"]>): ConsentScopes => ({
  scopes: scopes.map((s) => ({ id: s.id, title: s.title ?? s.id, within: s.within ?? null })),
  map: (map ?? []).map((m) => ({ system: systemId(m.system), name: m.name ?? null, scope: m.scope })),
});

const buildPerson = (p: NonNullable<ConfigFile["people"]>[number]): Person => ({
  name: p.name,
  role: p.role,
  email: p.email ?? null,
  password: secretOrNull(p.password),
  token: secretOrNull(p.token),
});

function buildRoutes({ slack, mail }: NonNullable<ConfigFile["routes"]>): Routes {
  return {
    slack: slack
      ? { token: secretRef(slack.token), channel: slack.channel, apiUrl: slack.api_url ?? null }
      : null,
    mail: mail
      ? {
          host: mail.host,
          port: mail.port ?? 587,
          secure: mail.secure ?? false,
          user: secretOrNull(mail.user),
          password: secretOrNull(mail.password),
          from: mail.from,
          to: mail.to,
          report: mail.report ?? "0 7 * * 1",
        }
      : null,
  };
}

const buildSafeguards = (s: NonNullable<ConfigFile["safeguards"]>): Safeguards => ({
  alonePeople: s.alone_people ?? 500,
  aloneShare: s.alone_share ?? 0.05,
  refusePeople: s.refuse_people ?? 5000,
  refuseShare: s.refuse_share ?? 0.2,
  refuseSmallList: s.refuse_small_list ?? 20,
  coolingOffMinutes: s.cooling_off_minutes ?? 15,
  freshMinutes: s.fresh_minutes ?? 60,
  planExpiresMinutes: s.plan_expires_minutes ?? 60,
  undoDays: s.undo_days ?? 30,
  sendMarginMinutes: s.send_margin_minutes ?? 30,
  leaseSeconds: s.lease_seconds ?? 15,
});
