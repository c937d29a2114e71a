import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import type { ListStore } from "./list-store.ts";
import { link, time } from "./member-json.ts";
import { ok } from "./members-api.ts";
import type { AbuseReport, Campaign, Conditions } from "./model.ts";
import { slice, sliceOf, spoil } from "./paging.ts";
import { pickOf, pruned } from "./pick.ts";
import { notFound } from "./problem.ts";
import { matches } from "./segments-api.ts";

type Json = Readonly<Record<string, unknown>>;

export function collection(call: Call, name: string, all: readonly Json[], more: Json = {}): Answer {
  const { rows, total } = slice(all, sliceOf(call.query), call.fault);
  const body = { [name]: spoil(rows, call.fault), ...more, total_items: total, _links: [] };
  return ok(pruned(body, pickOf(call.query)), name);
}

/** Conditions that decide who gets a campaign; a saved segment's where it names one. null: the whole list. */
function conditionsOf(list: ListStore | undefined, c: Campaign): Conditions | null {
  if (c.segment === null) return null;
  const saved = c.segment.savedId === null ? undefined : list?.segments.get(c.segment.savedId);
  if (saved === undefined) return c.segment.conditions;
  return (
    saved.options ?? {
      match: "all",
      conditions: [
        { condition_type: "StaticSegment", field: "static_segment", op: "static_is", value: saved.id },
      ],
    }
  );
}

/** How many would get it now: subscribed people only. */
export function audienceOf(account: Account, c: Campaign): number {
  const list = account.lists.get(c.listId);
  const conditions = conditionsOf(list, c);
  let count = 0;
  for (const m of list?.all() ?? [])
    if (m.status === "subscribed" && (conditions === null || matches(m, conditions))) count++;
  return count;
}

function campaignJson(account: Account, c: Campaign): Json {
  const list = account.lists.get(c.listId);
  const conditions = conditionsOf(list, c);
  return {
    id: c.id,
    web_id: 1,
    type: c.type,
    create_time: time(c.created),
    archive_url: "",
    long_archive_url: "",
    status: c.status,
    emails_sent: c.emailsSent,
    send_time: time(c.sendTime),
    content_type: "template",
    needs_block_refresh: false,
    resendable: false,
    recipients: {
      list_id: c.listId,
      list_is_active: list !== undefined,
      list_name: list?.settings.name ?? "",
      segment_text: conditions === null ? "" : "<p>Contacts that match</p>",
      recipient_count: audienceOf(account, c),
      ...(conditions === null
        ? {}
        : {
            segment_opts: {
              ...(c.segment?.savedId == null ? {} : { saved_segment_id: c.segment.savedId }),
              match: conditions.match,
              conditions: conditions.conditions,
            },
          }),
    },
    settings: {
      subject_line: c.title,
      title: c.title,
      from_name: "Harbour & Pine",
      reply_to: "news@example.test",
    },
    tracking: { opens: true, html_clicks: true, text_clicks: false },
    delivery_status: { enabled: false },
    _links: [link("self", `/campaigns/${c.id}`)],
  };
}

const asked = (query: URLSearchParams, name: string, value: string): boolean =>
  (query.get(name) ?? value) === value;

export function browseCampaigns(account: Account, call: Call): Answer {
  const { query } = call;
  const before = Date.parse(query.get("before_send_time") ?? "") || Number.POSITIVE_INFINITY;
  const since = Date.parse(query.get("since_send_time") ?? "") || Number.NEGATIVE_INFINITY;
  const all = [...account.campaigns.values()]
    .filter((c) => asked(query, "status", c.status) && asked(query, "list_id", c.listId))
    .filter((c) => c.sendTime === null || (c.sendTime >= since && c.sendTime <= before));
  return collection(
    call,
    "campaigns",
    all.map((c) => campaignJson(account, c)),
  );
}

export function campaignOf(account: Account, id: string): Campaign {
  const campaign = account.campaigns.get(id);
  if (campaign === undefined) throw notFound();
  return campaign;
}
export const readCampaign = (account: Account, id: string): Answer =>
  ok(campaignJson(account, campaignOf(account, id)), "Campaigns/Instance");

function reportJson(account: Account, c: Campaign): Json {
  const list = account.lists.get(c.listId);
  return {
    id: c.id,
    campaign_title: c.title,
    type: c.type,
    list_id: c.listId,
    list_is_active: list !== undefined,
    list_name: list?.settings.name ?? "",
    subject_line: c.title,
    preview_text: "",
    emails_sent: c.emailsSent,
    abuse_reports: c.complaints.length,
    unsubscribed: c.unsubscribes.length,
    send_time: time(c.sendTime),
    bounces: { hard_bounces: c.hardBounces, soft_bounces: c.softBounces, syntax_errors: 0 },
    forwards: { forwards_count: 0, forwards_opens: 0 },
    opens: { opens_total: 0, unique_opens: 0, open_rate: 0, last_open: "" },
    clicks: { clicks_total: 0, unique_clicks: 0, unique_subscriber_clicks: 0, click_rate: 0, last_click: "" },
    list_stats: { sub_rate: 0, unsub_rate: 0, open_rate: 0, click_rate: 0 },
    _links: [link("self", `/reports/${c.id}`)],
  };
}

export function browseReports(account: Account, call: Call): Answer {
  const since = Date.parse(call.query.get("since_send_time") ?? "") || Number.NEGATIVE_INFINITY;
  const sent = [...account.campaigns.values()].filter(
    (c) => c.status === "sent" && (c.sendTime ?? 0) >= since,
  );
  return collection(
    call,
    "reports",
    sent.map((c) => reportJson(account, c)),
  );
}
export function report(account: Account, id: string): Campaign {
  const campaign = campaignOf(account, id);
  if (campaign.status !== "sent") throw notFound();
  return campaign;
}
export const readReport = (account: Account, id: string): Answer =>
  ok(reportJson(account, report(account, id)), "Reports/Instance");

export function browseUnsubscribed(account: Account, call: Call, id: string): Answer {
  const campaign = report(account, id);
  const list = account.lists.get(campaign.listId);
  const rows = campaign.unsubscribes.map((u) => ({
    email_id: u.memberId,
    email_address: list?.get(u.memberId)?.email ?? "",
    merge_fields: {},
    vip: false,
    timestamp: time(u.at),
    reason: u.reason,
    campaign_id: id,
    list_id: campaign.listId,
    list_is_active: true,
  }));
  return collection(call, "unsubscribes", rows, { campaign_id: id });
}

export function browseAbuse(
  account: Account,
  call: Call,
  campaigns: readonly Campaign[],
  more: Json,
): Answer {
  const row = (c: Campaign, r: AbuseReport, n: number): Json => ({
    id: n + 1,
    campaign_id: c.id,
    list_id: c.listId,
    email_id: r.memberId,
    email_address: account.lists.get(c.listId)?.get(r.memberId)?.email ?? "",
    merge_fields: {},
    vip: false,
    date: time(r.at),
  });
  const rows = campaigns.flatMap((c) => c.complaints.map((r) => [c, r] as const));
  return collection(
    call,
    "abuse_reports",
    rows.map(([c, r], n) => row(c, r, n)),
    more,
  );
}

/** GET /automations: the classic ones. Customer journeys are not in any answer of the API. */
export function browseAutomations(account: Account, call: Call): Answer {
  const all = account.automations
    .filter((a) => asked(call.query, "status", a.status))
    .map((a) => ({
      id: a.id,
      create_time: time(a.created),
      start_time: time(a.created),
      status: a.status,
      emails_sent: 0,
      recipients: {
        list_id: a.listId,
        list_is_active: true,
        list_name: account.lists.get(a.listId)?.settings.name ?? "",
        ...(a.segmentId === null
          ? {}
          : { segment_opts: { saved_segment_id: a.segmentId, match: "all", conditions: [] } }),
      },
      settings: { title: a.title, from_name: "Harbour & Pine", reply_to: "news@example.test" },
      tracking: {},
      trigger_settings: { workflow_type: a.workflowType, workflow_title: a.title, workflow_emails_count: 3 },
      _links: [],
    }));
  return collection(call, "automations", all);
}
