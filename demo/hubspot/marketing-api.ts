import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { notFound } from "./api-error.ts";
import { type Json, limitOf } from "./body.ts";
import type { SimEmail, SimFlow } from "./model.ts";
import { harmed, pageBody } from "./page.ts";

/** `GET /marketing/v3/emails/`: planned and sent mail, with the lists that it goes to and those that it leaves out. */
export function listEmails(account: Account, call: Call): Answer {
  const limit = limitOf(call.query, 10, 100);
  const start = Number(call.query.get("after") ?? "0");
  const published = call.query.get("isPublished");
  const found = account.emails.filter(
    (e) => published === null || String(e.state === "PUBLISHED") === published,
  );
  const stats = call.query.get("includeStats") === "true";
  const rows = (from: number) =>
    found.slice(Math.max(0, from), Math.max(0, from) + limit).map((e) => emailJson(e, stats));
  const next = start + limit < found.length ? String(start + limit) : null;
  const page = harmed(call, { results: rows(start), next, total: found.length }, () => rows(start - limit));
  return { status: 200, body: pageBody(page, `/marketing/v3/emails/?limit=${limit}&`) };
}

export function getEmail(account: Account, id: string): Answer {
  const found = account.emails.find((e) => e.id === id);
  if (found === undefined) throw notFound();
  return { status: 200, body: emailJson(found, false) };
}

/** `GET /automation/v4/flows`: names and whether they run; what enrols people stands in each flow. */
export function listFlows(account: Account, call: Call): Answer {
  const limit = limitOf(call.query, 100, 100);
  const start = Number(call.query.get("after") ?? "0");
  const results = account.flows
    .slice(start, start + limit)
    .map(({ id, name, isEnabled }): Json => ({ id, name, isEnabled, objectTypeId: "0-1", revisionId: "1" }));
  const next = start + limit < account.flows.length ? String(start + limit) : null;
  return {
    status: 200,
    body: pageBody({ results, next, total: null }, `/automation/v4/flows?limit=${limit}&`),
  };
}

export function getFlow(account: Account, id: string): Answer {
  const flow = account.flows.find((f) => f.id === id);
  if (flow === undefined) throw notFound();
  return { status: 200, body: flowJson(flow) };
}

function flowJson(flow: SimFlow): Json {
  return {
    id: flow.id,
    name: flow.name,
    isEnabled: flow.isEnabled,
    objectTypeId: "0-1",
    type: "CONTACT_FLOW",
    revisionId: "1",
    enrollmentCriteria: {
      type: "LIST_BASED",
      shouldReEnroll: false,
      listFilterBranch: {
        filterBranchType: "OR",
        filters: [],
        filterBranches: flow.listIds.map((listId) => ({
          filterBranchType: "AND",
          filterBranches: [],
          filters: [{ filterType: "IN_LIST", operator: "IN_LIST", listId }],
        })),
      },
    },
    actions: [],
  };
}

function emailJson(e: SimEmail, stats: boolean): Json {
  return {
    id: e.id,
    name: e.name,
    subject: e.subject,
    state: e.state,
    type: e.state === "AUTOMATED" ? "AUTOMATED_EMAIL" : "BATCH_EMAIL",
    isPublished: e.state === "PUBLISHED" || e.state === "AUTOMATED",
    sendOnPublish: true,
    archived: false,
    publishDate: e.publishDate,
    ...(e.subscriptionId === null
      ? {}
      : { subscriptionDetails: { subscriptionId: String(e.subscriptionId) } }),
    to: {
      contactIds: { include: [], exclude: [] },
      contactIlsLists: { include: e.include, exclude: e.exclude },
      contactLists: { include: [], exclude: [] },
      suppressGraymail: false,
    },
    ...(stats
      ? { stats: { counters: e.counters, ratios: {}, deviceBreakdown: {}, qualifierStats: {} } }
      : {}),
  };
}
