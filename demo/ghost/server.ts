import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../sim/faults.ts";
import { type Answer, type RunningSimulator, startSimulator } from "../sim/server.ts";
import { ApiError, internal, unauthorized } from "./api-error.ts";
import { checkAuthorization, newKey } from "./auth.ts";
import { controlAnswer, type GhostControl, ghostControl } from "./control.ts";
import { GhostJournal } from "./journal.ts";
import { MemberStore } from "./member-store.ts";
import type { Ghost } from "./members-api.ts";
import type { SeedMember } from "./model.ts";
import { route, site } from "./router.ts";

export type GhostSim = {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  /** Admin API key, `id:secret`. */
  readonly key: string;
  readonly controlUrl: string;
  readonly control: GhostControl;
  readonly answer: RunningSimulator["answer"];
  close(): Promise<void>;
};

export type GhostSimOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly key?: string;
  readonly seedMembers?: Iterable<SeedMember>;
  /** Every mutation is appended here as a line of JSON, before it is answered. */
  readonly journalFile?: string;
  /** Time of records; tokens are judged by the computer's own clock. */
  readonly clock?: Clock;
  readonly faults?: readonly Fault[];
};

const API = "/ghost/api/admin";
const HEADERS = {
  "content-version": "v5.130",
  vary: "Accept-Version, Accept-Encoding",
  "cache-control": "no-cache, private, no-store",
};

/** A server on loopback that answers like the Admin API of Ghost 5.130, with a journal, faults and a control API. */
export async function startGhostSim(options: GhostSimOptions): Promise<GhostSim> {
  const key = options.key ?? newKey();
  const now = (): number => (options.clock ? options.clock.now().getTime() : Date.now());
  const store = new MemberStore(now);
  const journal = new GhostJournal(options.journalFile ?? null);
  store.addNewsletter("Harbour & Pine", { slug: "default-newsletter" });
  if (options.seedMembers) store.load(options.seedMembers);
  let url = "";
  const ghost: Ghost = { store, journal, now, siteUrl: () => url };

  const running = await startSimulator(
    {
      prefix: API,
      target: (method, path, query) => {
        const page = query.get("page");
        return {
          method,
          path: slashed(path),
          page: page === null ? null : Number(page),
          lists: method === "GET" && slashed(path).startsWith("/members/"),
          writes: method !== "GET",
        };
      },
      handle(call) {
        const { method } = call;
        if (!call.path.endsWith("/") && method === "GET") {
          const query = call.query.size > 0 ? `?${call.query}` : "";
          return {
            status: 301,
            headers: { ...HEADERS, location: `${API}${call.path}/${query}` },
            body: null,
          };
        }
        const path = slashed(call.path);
        if (path === "/site/" && method === "GET") return dressed(site(ghost));
        checkAuthorization(call.headers.authorization, key, Math.floor(Date.now() / 1000));
        return dressed(route(ghost, { ...call, path, contentType: call.headers["content-type"] ?? "" }));
      },
      failure: (status, what) => errorAnswer(failureOf(status, what)),
      thrown: (e) => (e instanceof ApiError ? errorAnswer(e) : null),
      control: (method, path, query, body) => controlAnswer(control, method, path, query, body),
      journal: () => journal.entries,
    },
    { port: options.port, ...(options.faults ? { faults: options.faults } : {}) },
  );
  const control = ghostControl(store, journal, running, now);
  url = running.url;
  return { url, key, controlUrl: running.controlUrl, control, answer: running.answer, close: running.close };
}

const slashed = (path: string): string => (path.endsWith("/") ? path : `${path}/`);

/** With the headers that Ghost sends with everything; a text is ready JSON, or CSV where the body is one. */
function dressed({ status, body, text }: ReturnType<typeof route>): Answer {
  const type = typeof body === "string" ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
  const content = text ?? body;
  return {
    status,
    headers: content === null ? HEADERS : { ...HEADERS, "content-type": type },
    body: content,
  };
}

const errorAnswer = (e: ApiError): Answer => ({
  status: e.status,
  headers: { ...HEADERS, "content-type": "application/json; charset=utf-8" },
  body: e.body(),
});

function failureOf(status: number, what: string): ApiError {
  if (status === 401) return unauthorized("Unknown Admin API Key", "UNKNOWN_ADMIN_API_KEY");
  if (status === 429) return new ApiError(429, "TooManyRequestsError", what);
  const { message, type, context, code } = internal(null, what);
  return new ApiError(status, type, message, {
    ...(context === null ? {} : { context }),
    ...(code === null ? {} : { code }),
  });
}
