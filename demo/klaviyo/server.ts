import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../sim/faults.ts";
import { type Answer, type Call, type RunningSimulator, startSimulator } from "../sim/server.ts";
import { Account } from "./account.ts";
import { ApiError, plainError } from "./api-error.ts";
import { controlAnswer, type KlaviyoControl, klaviyoControl } from "./control.ts";
import { JobQueue } from "./job-queue.ts";
import { RateLimits } from "./limits.ts";
import type { SeedProfile } from "./model.ts";
import { pageNumber } from "./paging.ts";
import { findOperation, type Klaviyo, route } from "./router.ts";

export type KlaviyoSim = {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  /** Private API key, `pk_…`. */
  readonly key: string;
  readonly controlUrl: string;
  readonly control: KlaviyoControl;
  readonly answer: RunningSimulator["answer"];
  close(): Promise<void>;
};

export type KlaviyoSimOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly key?: string;
  /** Every mutation is appended here as a line of JSON, before it is answered. */
  readonly journalFile?: string;
  /** Time of records, jobs, campaigns and rate windows. */
  readonly clock?: Clock;
  readonly faults?: readonly Fault[];
  /** Makes ids differ between accounts. */
  readonly seed?: number;
  readonly people?: Iterable<SeedProfile>;
  /** Milliseconds from a job's acceptance to its effect; default 3000. */
  readonly jobMs?: number;
};

export const REVISION = "2026-07-15";
const KEY = "pk_0000000000000000000000000000000000";
const SCOPED_WRITES = ["POST", "PATCH", "DELETE"];
const REPORTS = /^\/(campaign|flow)-values-reports/;

/** A server on loopback that answers like Klaviyo's API of 2026-07-15, with a journal, faults and a control API. */
export async function startKlaviyoSim(options: KlaviyoSimOptions): Promise<KlaviyoSim> {
  const key = options.key ?? KEY;
  const now = (): number => (options.clock ? options.clock.now().getTime() : Date.now());
  const account = new Account(options.seed ?? 0, options.journalFile ?? null);
  const jobs = new JobQueue(account, options.jobMs ?? 3_000);
  const limits = new RateLimits();
  const settle = (): void => {
    jobs.settle(now());
    account.sendDue(now());
  };
  let running: RunningSimulator | null = null;
  const klaviyo: Klaviyo = {
    account,
    jobs,
    now,
    base: () => running?.url ?? "",
    wrongBy() {
      const wrong = running?.faults.list().find((f) => f.kind === "wrong_total");
      return wrong ? (wrong.rows ?? 7) : 0;
    },
  };
  let control: KlaviyoControl | null = null;

  running = await startSimulator(
    {
      prefix: "/api",
      target(method, path, query) {
        const { operation } = findOperation(method, path);
        return {
          method,
          path,
          page: pageNumber(query),
          lists: operation?.lists ?? false,
          writes: SCOPED_WRITES.includes(method) && !REPORTS.test(path),
        };
      },
      handle(call) {
        settle();
        checkHeaders(call, key);
        return route(klaviyo, call, (operation, limit) =>
          limits.take(limit === operation.limit ? operation.name : `${operation.name}+`, limit, now()),
        );
      },
      failure: (status, what) => plainError(status, what).answer(),
      thrown: (e): Answer | null => (e instanceof ApiError ? e.answer() : null),
      control: (method, path, query, body) =>
        control ? controlAnswer(control, method, path, query, body) : null,
      journal() {
        settle();
        return account.journal.entries;
      },
    },
    { port: options.port, ...(options.faults ? { faults: options.faults } : {}) },
  );
  control = klaviyoControl({
    account,
    now,
    settle,
    server: running,
    setLimits(on) {
      limits.enabled = on;
    },
  });
  control.load(options.people ?? []);
  const { url, controlUrl, answer, close } = running;
  return { url, key, controlUrl, control, answer, close };
}

/** Every call says which revision of the API it means and who it is. */
function checkHeaders({ headers }: Call, key: string): void {
  const { authorization = "", revision } = headers;
  if (authorization === "") throw plainError(401, "Missing or invalid authorization.");
  if (authorization !== `Klaviyo-API-Key ${key}`)
    throw plainError(401, "Incorrect authentication credentials.");
  if (typeof revision !== "string" || !/^\d{4}-\d{2}-\d{2}(\.\w+)?$/.test(revision)) {
    throw new ApiError(400, [
      {
        code: "invalid",
        title: "Invalid input.",
        detail: "A valid API revision must be given in the revision header.",
        parameter: "revision",
      },
    ]);
  }
}
