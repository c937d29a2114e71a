import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../sim/faults.ts";
import { type Answer, type Call, type RunningSimulator, startSimulator, type Vendor } from "../sim/server.ts";
import { Account, type AccountSettings, DEFAULT_SETTINGS } from "./account.ts";
import { ApiError, missingScopes, notFound, tooMany, unauthenticated } from "./api-error.ts";
import { type HubspotControl, hubspotControl } from "./control.ts";
import { controlAnswer } from "./control-api.ts";
import { Properties } from "./properties-api.ts";
import { isSearch, readsOnly, routesOf } from "./router.ts";
import { checkScopes, neededScopes } from "./scopes.ts";

export type HubspotSim = {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  /** A private app's access token, and one of another app that may only read. */
  readonly token: string;
  readonly readToken: string;
  readonly controlUrl: string;
  readonly control: HubspotControl;
  readonly answer: RunningSimulator["answer"];
  close(): Promise<void>;
};

export type HubspotSimOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly token?: string;
  /** Every mutation is appended here as a line of JSON, before it is answered. */
  readonly journalFile?: string;
  /** Time of records and of processing; limits are counted by the computer's own clock. */
  readonly clock?: Clock;
  readonly faults?: readonly Fault[];
  readonly settings?: Partial<AccountSettings>;
};

/**
 * A server on loopback that answers like HubSpot's API: contacts v3, lists v3, communication preferences v4, marketing
 * emails v3, workflows v4, with a journal, faults and a control API. Shapes of contacts as recorded in 2021 and 2022,
 * the others as the vendor's client library 13.5 and its reference (read in November 2026) have them.
 */
export async function startHubspotSim(options: HubspotSimOptions): Promise<HubspotSim> {
  const { clock } = options;
  const account = new Account(
    options.token ?? `pat-eu1-${randomUUID()}`,
    clock ? () => clock.now().getTime() : Date.now,
    options.journalFile ?? null,
    { ...DEFAULT_SETTINGS, ...options.settings },
  );
  const properties = new Properties(account);
  const routes = routesOf(account, properties);
  let control: HubspotControl | null = null;

  const vendor: Vendor = {
    prefix: "",
    target(method, path) {
      const reads = readsOnly(method, path);
      return { method, path, page: null, lists: reads, writes: !reads };
    },
    handle(call) {
      const search = isSearch(call.method, call.path);
      const granted = account.scopesOf(/^Bearer (.+)$/.exec(call.headers.authorization ?? "")?.[1] ?? "");
      if (granted === null) throw unauthenticated();
      const limited = account.limits.take(search);
      if (limited !== null) return finished(account, limited.answer(), true);
      const reads = readsOnly(call.method, call.path);
      checkScopes(granted, neededScopes(call.method, call.path, reads));
      return finished(account, answerTo(routes, call), search);
    },
    failure: (status, what) => failureOf(status, what).answer(),
    thrown: (e) => (e instanceof ApiError ? e.answer() : null),
    control: (method, path, query, body) =>
      control === null ? null : controlAnswer(control, method, path, query, body),
    journal: () => account.journal.entries,
  };
  const running = await startSimulator(vendor, {
    port: options.port,
    ...(options.faults ? { faults: options.faults } : {}),
  });
  control = hubspotControl(account, properties, running);
  return {
    url: running.url,
    token: account.token,
    readToken: account.readToken,
    controlUrl: running.controlUrl,
    control,
    answer: running.answer,
    close: () => running.close(),
  };
}

/** Errors have the headers of limits too. */
function answerTo(routes: (call: Call) => Answer, call: Call): Answer {
  try {
    return routes(call);
  } catch (e) {
    if (e instanceof ApiError) return e.answer();
    throw e;
  }
}

const finished = (account: Account, answer: Answer, short: boolean): Answer => ({
  ...answer,
  headers: {
    ...(answer.body === null ? {} : { "content-type": "application/json;charset=utf-8" }),
    "x-hubspot-correlation-id": randomUUID(),
    ...account.limits.headers(short),
    ...answer.headers,
  },
});

function failureOf(status: number, what: string): ApiError {
  switch (status) {
    case 401:
      return unauthenticated();
    case 403:
      return missingScopes(["crm.objects.contacts.read"]);
    case 404:
      return notFound();
    case 429:
      return tooMany("TEN_SECONDLY_ROLLING");
    default:
      return new ApiError(status, "INTERNAL_ERROR", status === 500 ? "internal error" : what);
  }
}
