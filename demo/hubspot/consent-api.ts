import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { invalid, itemError, notFound } from "./api-error.ts";
import { batchAnswer, inputsOf, isObject, iso, type Json, objectBody, strings } from "./body.ts";
import { decideStatus, optOutOfAll } from "./consent-write.ts";
import { lagOf } from "./contacts-api.ts";
import type { SimSubscription, SubscriptionStatus } from "./model.ts";
import { harmed } from "./page.ts";

/** Communication preferences v4: by address, whether it belongs to a contact or not. Only EMAIL is a channel. */
export function definitions(account: Account): Answer {
  return batchAnswer(
    account.now(),
    account.consent.definitions.map((d) => ({
      id: String(d.id),
      name: d.name,
      description: d.description,
      purpose: "Marketing",
      communicationMethod: "Email",
      isActive: d.isActive,
      isDefault: d.isDefault,
      isInternal: d.isInternal,
      businessUnitId: 0,
      createdAt: iso(d.createdAt),
      updatedAt: iso(d.createdAt),
    })),
    [],
  );
}

/** `GET …/statuses/{address}?channel=EMAIL`. */
export function statuses(account: Account, call: Call, email: string): Answer {
  checkChannel(call.query.get("channel"));
  checkEmail(email);
  return batchAnswer(account.now(), statusRows(account, call, email), []);
}

/** `POST …/statuses/batch/read?channel=EMAIL`, ≤ 100 addresses. */
export function statusesBatch(account: Account, call: Call): Answer {
  checkChannel(call.query.get("channel"));
  const rows = strings(inputsOf(objectBody(call.body), 100)).map((email) => ({
    subscriberIdString: email,
    statuses: statusRows(account, call, email),
  }));
  const page = harmed(call, { results: rows, next: null, total: null }, () => rows);
  return batchAnswer(account.now(), page.results, []);
}

/** `GET …/statuses/{address}/unsubscribe-all`: empty for somebody who has not opted out of everything. */
export function wideStatus(account: Account, call: Call, email: string): Answer {
  checkChannel(call.query.get("channel"));
  checkEmail(email);
  return batchAnswer(account.now(), wideRows(account, call, email), []);
}

/** `POST …/statuses/batch/unsubscribe-all/read`. */
export function wideStatusBatch(account: Account, call: Call): Answer {
  checkChannel(call.query.get("channel"));
  const rows = strings(inputsOf(objectBody(call.body), 100)).map((email) => ({
    subscriberIdString: email,
    wideStatuses: wideRows(account, call, email),
  }));
  return batchAnswer(account.now(), rows, []);
}

/** `POST …/statuses/{address}` with `{channel, statusState, subscriptionId}`. */
export function setStatus(account: Account, call: Call, email: string): Answer {
  const { definition, state, legalBasis } = requestOf(account, objectBody(call.body));
  checkEmail(email);
  const reason = decideStatus(account, call, email, definition.id, state, legalBasis);
  return batchAnswer(account.now(), [statusRow(account, email, definition, state, reason)], []);
}

/** `POST …/statuses/batch/write`, ≤ 100. */
export function setStatusBatch(account: Account, call: Call): Answer {
  const results: Json[] = [];
  const errors: Json[] = [];
  const inputs = inputsOf(objectBody(call.body), 100).map((raw) => {
    if (!isObject(raw)) throw invalid("Invalid input JSON: an object was expected");
    return { email: String(raw.subscriberIdString ?? ""), ...requestOf(account, raw) };
  });
  inputs.forEach(({ email, definition, state, legalBasis }, i) => {
    if (!isEmail(email)) errors.push(itemError("VALIDATION_ERROR", "Invalid email address", [email]));
    else if (call.fault?.kind === "partial" && i === 0)
      errors.push(itemError("VALIDATION_ERROR", "The subscriber could not be updated.", [email]));
    else {
      const reason = decideStatus(account, call, email, definition.id, state, legalBasis);
      results.push(statusRow(account, email, definition, state, reason));
    }
  });
  return batchAnswer(account.now(), results, errors);
}

/** `POST …/statuses/{address}/unsubscribe-all?channel=EMAIL`; says what it did with `verbose=true` only. */
export function unsubscribeAll(account: Account, call: Call, email: string): Answer {
  checkChannel(call.query.get("channel"));
  checkEmail(email);
  optOutOfAll(account, call, email);
  const verbose = call.query.get("verbose") === "true";
  return batchAnswer(account.now(), verbose ? outRows(account, email) : [], []);
}

/** `POST …/statuses/batch/unsubscribe-all?channel=EMAIL`. */
export function unsubscribeAllBatch(account: Account, call: Call): Answer {
  checkChannel(call.query.get("channel"));
  const emails = strings(inputsOf(objectBody(call.body), 100));
  const verbose = call.query.get("verbose") === "true";
  const results: Json[] = [];
  const errors: Json[] = [];
  emails.forEach((email, i) => {
    if (!isEmail(email)) errors.push(itemError("VALIDATION_ERROR", "Invalid email address", [email]));
    else if (call.fault?.kind === "partial" && i === 0)
      errors.push(itemError("VALIDATION_ERROR", "The subscriber could not be updated.", [email]));
    else {
      optOutOfAll(account, call, email);
      if (verbose) results.push({ subscriberIdString: email, statuses: outRows(account, email) });
    }
  });
  return batchAnswer(account.now(), results, errors);
}

function statusRows(account: Account, call: Call, email: string): readonly Json[] {
  const past = pastOf(account, call, email);
  return account.consent.definitions
    .filter((d) => d.isActive && !d.isInternal)
    .map((d) => {
      const then = past?.optedOut ? "UNSUBSCRIBED" : (past?.subscriptions[String(d.id)] ?? "NOT_SPECIFIED");
      return statusRow(account, email, d, past ? then : account.consent.status(email, d.id), null);
    });
}

function statusRow(
  account: Account,
  email: string,
  definition: SimSubscription,
  status: SubscriptionStatus,
  reason: string | null,
): Json {
  const { optedOutAt, types } = account.consent.of(email);
  const decision = types[definition.id];
  return {
    channel: "EMAIL",
    subscriberIdString: email,
    subscriptionId: definition.id,
    subscriptionName: definition.name,
    status,
    source: decision?.source ?? "",
    businessUnitId: 0,
    ...(decision?.legalBasis ? { legalBasis: decision.legalBasis } : {}),
    timestamp: iso(optedOutAt ?? decision?.at ?? definition.createdAt),
    ...(reason === null ? {} : { setStatusSuccessReason: reason }),
  };
}

const outRows = (account: Account, email: string): readonly Json[] =>
  account.consent.definitions
    .filter((d) => d.isActive && !d.isInternal)
    .map((d) => statusRow(account, email, d, "UNSUBSCRIBED", "UNSUBSCRIBE_FROM_ALL_OCCURRED"));

function wideRows(account: Account, call: Call, email: string): readonly Json[] {
  const past = pastOf(account, call, email);
  const { optedOutAt } = account.consent.of(email);
  if (past ? !past.optedOut : optedOutAt === null) return [];
  return [
    {
      channel: "EMAIL",
      subscriberIdString: email,
      status: "UNSUBSCRIBED",
      wideStatusType: "PORTAL_WIDE",
      businessUnitId: 0,
      timestamp: iso(optedOutAt ?? account.now()),
    },
  ];
}

function pastOf(account: Account, call: Call, email: string): ReturnType<Account["lagged"]> {
  const lag = lagOf(call);
  const contact = account.contacts.byEmail(email);
  return lag === null || contact === undefined ? undefined : account.lagged(contact.id, lag);
}

function requestOf(
  account: Account,
  body: Json,
): {
  readonly definition: SimSubscription;
  readonly state: SubscriptionStatus;
  readonly legalBasis: string | null;
} {
  checkChannel(body.channel);
  const definition = account.consent.definitions.find((d) => d.id === Number(body.subscriptionId));
  if (definition === undefined)
    throw notFound(`Subscription definition ${String(body.subscriptionId)} not found`);
  const state = body.statusState;
  if (state !== "SUBSCRIBED" && state !== "UNSUBSCRIBED" && state !== "NOT_SPECIFIED")
    throw invalid(`Invalid statusState ${String(state)}`);
  return {
    definition,
    state,
    legalBasis: typeof body.legalBasis === "string" ? body.legalBasis : null,
  };
}

const isEmail = (email: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email);
function checkEmail(email: string): void {
  if (!isEmail(email)) throw invalid("Invalid email address");
}
function checkChannel(channel: unknown): void {
  if (channel !== "EMAIL") throw invalid("channel must be EMAIL");
}
