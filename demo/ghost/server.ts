import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../../core/clock.ts";
import { ApiError, internal, unauthorized } from "./api-error.ts";
import { checkAuthorization, newKey } from "./auth.ts";
import { controlAnswer, type GhostControl, ghostControl, type SeenRequest } from "./control.ts";
import { type Fault, Faults } from "./faults.ts";
import { Journal } from "./journal.ts";
import { MemberStore } from "./member-store.ts";
import type { Answer, Ghost } from "./members-api.ts";
import type { SeedMember } from "./model.ts";
import { route, site } from "./router.ts";

export type GhostSim = {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  /** Admin API key, `id:secret`. */
  readonly key: string;
  readonly controlUrl: string;
  readonly control: GhostControl;
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
  const journal = new Journal(options.journalFile ?? null);
  const faults = new Faults();
  faults.add(...(options.faults ?? []));
  const seen: SeenRequest[] = [];
  const control = ghostControl(store, journal, faults, seen, now);
  store.addNewsletter("Harbour & Pine", { slug: "default-newsletter" });
  if (options.seedMembers) store.load(options.seedMembers);

  let url = "";
  const ghost: Ghost = { store, journal, now, siteUrl: () => url };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = new URL(request.url ?? "/", "http://127.0.0.1");
    const method = request.method ?? "GET";
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (target.pathname.startsWith("/__control/")) {
      answerControl(method, target, body, response);
      return;
    }
    seen.push({ method, path: `${target.pathname}${target.search}` });
    if (seen.length > 10_000) seen.splice(0, 5_000);
    if (!target.pathname.startsWith(`${API}/`)) {
      response.writeHead(404, { "content-type": "text/html" }).end("<html><body>404</body></html>");
      return;
    }
    let path = target.pathname.slice(API.length);
    if (!path.endsWith("/")) {
      if (method === "GET") {
        response.writeHead(301, { ...HEADERS, location: `${API}${path}/${target.search}` }).end();
        return;
      }
      path += "/";
    }
    const page = target.searchParams.get("page");
    const fault = faults.take(method, path, page === null ? null : Number(page));
    if (fault && (await strikeBefore(fault, response))) return;
    const answer = answerTo(() => {
      if (fault?.kind === "unauthorized")
        throw unauthorized("Unknown Admin API Key", "UNKNOWN_ADMIN_API_KEY");
      if (fault?.kind === "page_lost" || fault?.kind === "server_error")
        throw internal(null, "Lost connection to the database");
      if (path === "/site/" && method === "GET") return site(ghost);
      checkAuthorization(request.headers.authorization, key, Math.floor(Date.now() / 1000));
      return route(ghost, {
        method,
        path,
        query: target.searchParams,
        body,
        contentType: request.headers["content-type"] ?? "",
        fault,
      });
    });
    send(response, answer, fault);
  }

  function answerControl(method: string, target: URL, body: Buffer, response: ServerResponse): void {
    try {
      const parsed: unknown = body.length > 0 ? JSON.parse(body.toString("utf8")) : [];
      const answer = controlAnswer(
        control,
        faults,
        method,
        target.pathname.slice("/__control/".length),
        target.searchParams,
        parsed,
      );
      if (!answer) response.writeHead(404).end();
      else response.writeHead(200, { "content-type": answer.type }).end(answer.text);
    } catch (e) {
      response
        .writeHead(400, { "content-type": "text/plain" })
        .end(e instanceof Error ? e.message : "bad request");
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("ghost simulator: no port");
  url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    key,
    controlUrl: `${url}/__control/`,
    control,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(work: () => Answer): Answer | ApiError {
  try {
    return work();
  } catch (e) {
    if (e instanceof ApiError) return e;
    return internal(null, e instanceof Error ? e.message : "unknown");
  }
}

/** True when the fault has answered, or never will. */
async function strikeBefore(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case "rate_limited": {
      const retry =
        fault.retryAfter === undefined || fault.retryAfter === null
          ? {}
          : { "retry-after": fault.retryAfter };
      const error = new ApiError(429, "TooManyRequestsError", "Too many requests.");
      response
        .writeHead(429, { ...HEADERS, ...retry, "content-type": "application/json; charset=utf-8" })
        .end(error.body());
      return true;
    }
    case "html":
      response
        .writeHead(fault.status ?? 502, { "content-type": "text/html" })
        .end(
          "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>",
        );
      return true;
    case "timeout_before":
      return true;
    case "reset_before":
      response.destroy();
      return true;
    case "slow":
      await wait(fault.ms ?? 1000);
      return false;
    default:
      return false;
  }
}

function bodyText({ body, text }: Answer): string {
  if (text !== undefined) return text;
  if (typeof body === "string") return body;
  return body === null ? "" : JSON.stringify(body);
}

function send(response: ServerResponse, answer: Answer | ApiError, fault: Fault | null): void {
  if (fault?.kind === "timeout_after") return;
  if (fault?.kind === "reset_after") {
    response.destroy();
    return;
  }
  const csv = !(answer instanceof ApiError) && typeof answer.body === "string";
  const text = answer instanceof ApiError ? answer.body() : bodyText(answer);
  const status =
    answer instanceof ApiError && fault?.kind === "server_error"
      ? (fault.status ?? answer.status)
      : answer.status;
  const type = csv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
  const length = Buffer.byteLength(text);
  const headers = status === 204 ? HEADERS : { ...HEADERS, "content-type": type, "content-length": length };
  response.writeHead(status, headers);
  if (fault?.kind === "reset_mid_body") {
    response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
    return;
  }
  response.end(fault?.kind === "bad_json" ? text.slice(0, -2).padEnd(length, " ") : text);
}
