import { randomBytes } from "node:crypto";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../sim/faults.ts";
import { type Answer, type Call, type RunningSimulator, startSimulator, type Vendor } from "../sim/server.ts";
import { Account } from "./account.ts";
import { Batches } from "./batches.ts";
import { audienceOf } from "./campaigns-api.ts";
import { controlCall, type MailchimpControl, mailchimpControl } from "./control.ts";
import { Problem } from "./problem.ts";
import { route } from "./router.ts";

export type MailchimpSim = {
  /** `http://127.0.0.1:<port>`; the API is below `/3.0`. */
  readonly url: string;
  /** API key with the data centre behind a hyphen. */
  readonly key: string;
  readonly controlUrl: string;
  readonly control: MailchimpControl;
  readonly answer: RunningSimulator["answer"];
  close(): Promise<void>;
};

export type MailchimpSimOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly key?: string;
  /** Every mutation is appended here as a line of JSON, before it is answered. */
  readonly journalFile?: string;
  /** Time of records, batches and scheduled campaigns. */
  readonly clock?: Clock;
  readonly faults?: readonly Fault[];
  /** Milliseconds that each request takes, so that simultaneous ones overlap; default: one turn of the event loop. */
  readonly latencyMs?: number;
};

/** Simultaneous connections that the real API lets one user have; the next is 429, with no header and no body. */
const CONNECTIONS = 10;

/**
 * A server on loopback that answers like Mailchimp's Marketing API 3.0, with a journal, faults and a control API.
 * There is one list, "Harbour & Pine", until more are added. The fault `read_lag` does nothing here.
 */
export async function startMailchimpSim(options: MailchimpSimOptions): Promise<MailchimpSim> {
  const key = options.key ?? `${randomBytes(16).toString("hex")}-us3`;
  const now = (): number => (options.clock ? options.clock.now().getTime() : Date.now());
  const account = new Account(now, options.journalFile ?? null);
  account.addList({ id: "a36b000001", name: "Harbour & Pine" });
  const batches = new Batches(account, (call) => route(account, null, call));
  const control = mailchimpControl(
    account,
    batches,
    () => sim.faults,
    () => sim.requests,
  );
  let open = 0;

  const vendor: Vendor = {
    prefix: "/3.0",
    target(method, path, query) {
      const [count, offset] = [Number(query.get("count") ?? "10"), Number(query.get("offset") ?? "0")];
      return {
        method,
        path,
        page: count > 0 ? Math.floor(offset / count) + 1 : null,
        lists: method === "GET",
        writes: method !== "GET",
      };
    },
    async handle(call: Call): Promise<Answer> {
      if (open >= CONNECTIONS) return { status: 429, body: null };
      open++;
      try {
        await (options.latencyMs === undefined ? turn() : wait(options.latencyMs));
        authorize(call.headers.authorization, key);
        advance(account, batches);
        return route(account, batches, call);
      } finally {
        open--;
      }
    },
    failure: (status, what) => failed(status, what).answer(),
    thrown: (e) => (e instanceof Problem ? e.answer() : null),
    control(method, path, query, body) {
      advance(account, batches);
      return controlCall(control, method, path, query, body);
    },
    journal: () => account.journal.entries,
  };
  const sim = await startSimulator(vendor, {
    port: options.port,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
  });
  account.url = sim.url;
  return { url: sim.url, key, controlUrl: sim.controlUrl, control, answer: sim.answer, close: sim.close };
}

/** Batches that are due, and campaigns whose hour has come. */
function advance(account: Account, batches: Batches): void {
  batches.advance();
  for (const c of account.campaigns.values()) {
    if (c.status !== "schedule" || c.sendTime === null || c.sendTime > account.now()) continue;
    c.emailsSent = audienceOf(account, c);
    c.status = "sent";
  }
}

/** Basic with any user name, or bearer. @throws Problem 401 */
function authorize(header: string | undefined, key: string): void {
  if (header === undefined)
    throw new Problem(401, "API Key Missing", "Your request did not include an API key.");
  const [scheme = "", value = ""] = header.split(" ");
  const given =
    scheme.toLowerCase() === "basic"
      ? Buffer.from(value, "base64").toString("utf8").split(":").slice(1).join(":")
      : value;
  if (given !== key)
    throw new Problem(
      401,
      "API Key Invalid",
      "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
    );
}

const TITLES: Readonly<Record<number, string>> = {
  401: "API Key Invalid",
  403: "User Does Not Have Access",
  404: "Resource Not Found",
  429: "Too Many Requests",
  503: "Service Unavailable",
};
const failed = (status: number, what: string): Problem =>
  new Problem(status, TITLES[status] ?? "Internal Server Error", what);
