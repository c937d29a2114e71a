import type { MailchimpSystem } from "../../core/config.ts";
import type { Instant } from "../../core/model.ts";
import type { Call } from "../http/connector-deps.ts";
import type { ReadClient } from "../http/read-client.ts";
import { whole } from "./client.ts";
import { bad, isObject, type Json, numberOr, optional } from "./wire.ts";

export type MailchimpCampaign = {
  readonly id: string;
  readonly title: string;
  /** save, paused, schedule, sending, sent, canceled … */
  readonly status: string;
  readonly sendAt: string | null;
  /** Segments and tags that choose its recipients; none: everybody who is subscribed. */
  readonly segmentIds: readonly number[];
  readonly excludedIds: readonly number[];
};
export type MailchimpAutomation = {
  readonly title: string;
  readonly status: string;
  readonly segmentId: number | null;
};
export type MailchimpReport = {
  readonly campaignId: string;
  readonly sentAt: string | null;
  readonly sent: number | null;
  readonly bounced: number | null;
  readonly complained: number | null;
  readonly unsubscribed: number | null;
};

/** Campaigns of this audience that are planned or going out now, and those sent since. */
export async function campaignsOf(
  http: ReadClient,
  config: MailchimpSystem,
  since: Instant,
  call: Call,
): Promise<readonly MailchimpCampaign[]> {
  const fields =
    "campaigns.id,campaigns.status,campaigns.send_time,campaigns.settings.title,campaigns.settings.subject_line,campaigns.recipients,total_items";
  const all: MailchimpCampaign[] = [];
  for (const status of ["schedule", "sending", "sent"])
    all.push(
      ...(await whole(
        http,
        config.id,
        "/campaigns",
        "campaigns",
        { list_id: config.list, status, fields, ...(status === "sent" ? { since_send_time: since } : {}) },
        asCampaign,
        call,
      )),
    );
  return all;
}

/** Classic automations of this audience. Customer journeys are in no answer of the API. */
export async function automationsOf(
  http: ReadClient,
  config: MailchimpSystem,
  call: Call,
): Promise<readonly MailchimpAutomation[]> {
  const all = await whole(
    http,
    config.id,
    "/automations",
    "automations",
    {},
    (o) => ({ list: isObject(o.recipients) ? o.recipients.list_id : null, automation: asAutomation(o) }),
    call,
  );
  return all.filter((a) => a.list === config.list).map((a) => a.automation);
}

export async function reportsOf(
  http: ReadClient,
  config: MailchimpSystem,
  since: Instant,
  call: Call,
): Promise<readonly MailchimpReport[]> {
  const fields =
    "reports.id,reports.list_id,reports.send_time,reports.emails_sent,reports.abuse_reports,reports.unsubscribed,reports.bounces,total_items";
  const query = { since_send_time: since, fields };
  const all = await whole(
    http,
    config.id,
    "/reports",
    "reports",
    query,
    (o, where) => ({ list: o.list_id, report: asReport(o, where) }),
    call,
  );
  return all.filter((r) => r.list === config.list).map((r) => r.report);
}

function asCampaign(o: Json, where: string): MailchimpCampaign {
  const id = optional(o.id);
  if (id === null) throw bad(where, "a campaign has no id");
  const settings = isObject(o.settings) ? o.settings : {};
  const options = segmentOptions(o.recipients);
  const conditions = Array.isArray(options.conditions) ? options.conditions.filter(isObject) : [];
  const named = (op: string) =>
    conditions.flatMap((c) =>
      c.condition_type === "StaticSegment" && c.op === op ? (numberOr(Number(c.value)) ?? []) : [],
    );
  const saved = numberOr(options.saved_segment_id);
  return {
    id,
    title: optional(settings.title) ?? optional(settings.subject_line) ?? id,
    status: optional(o.status) ?? "",
    sendAt: optional(o.send_time),
    // 0 stands for none
    segmentIds: [...new Set([...(saved === null || saved === 0 ? [] : [saved]), ...named("static_is")])],
    excludedIds: [...new Set(named("static_not"))],
  };
}

function segmentOptions(recipients: unknown): Json {
  const options = isObject(recipients) ? recipients.segment_opts : null;
  return isObject(options) ? options : {};
}

function asAutomation(o: Json): MailchimpAutomation {
  const settings = isObject(o.settings) ? o.settings : {};
  const saved = numberOr(segmentOptions(o.recipients).saved_segment_id);
  return {
    title: optional(settings.title) ?? "automation without a title",
    status: optional(o.status) ?? "",
    segmentId: saved === 0 ? null : saved,
  };
}

function asReport(o: Json, where: string): MailchimpReport {
  const campaignId = optional(o.id);
  if (campaignId === null) throw bad(where, "a report has no id");
  const bounces = isObject(o.bounces) ? o.bounces : {};
  const [hard, soft] = [numberOr(bounces.hard_bounces), numberOr(bounces.soft_bounces)];
  return {
    campaignId,
    sentAt: optional(o.send_time),
    sent: numberOr(o.emails_sent),
    bounced: hard === null || soft === null ? null : hard + soft,
    complained: numberOr(o.abuse_reports),
    unsubscribed: numberOr(o.unsubscribed),
  };
}
