import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { commonControl } from "./control.ts";
import { type Fault, Faults, type Target } from "./faults.ts";
import { send, strikeBefore } from "./strike.ts";

/** One request as a simulator answers it. */
export type Call = {
  readonly method: string;
  /** Path after the API's prefix, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What this request has to do wrong, where that is the simulator's own business (lists and writes); else null. */
  readonly fault: Fault | null;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless it is a string, which is sent as it is; null: no content. */
  readonly body: unknown;
};

export type SeenRequest = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly status: number;
  /** Milliseconds of the computer's own clock, when it arrived. */
  readonly atMs: number;
};

/** What is the vendor's own about a simulator. */
export type Vendor = {
  /** Prefix of every path of the API, without a slash at its end; "" for none. Others are 404. */
  readonly prefix: string;
  /** Method, path and page of a request, for faults. */
  target(method: string, path: string, query: URLSearchParams): Target;
  /** Answers, or throws what `failure` understands. */
  handle(call: Call): Answer | Promise<Answer>;
  /** The vendor's own wording of an error that a fault or a bug causes. */
  failure(status: number, what: string): Answer;
  /** Turns what `handle` threw into an answer; null: it is a bug of the simulator, answered as 500. */
  thrown(e: unknown): Answer | null;
  /** What the control API can do beyond journal, requests and faults. null: there is no such thing. */
  control(method: string, path: string, query: URLSearchParams, body: unknown): unknown;
  journal(): readonly unknown[];
};

export type RunningSimulator = {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  readonly controlUrl: string;
  readonly faults: Faults;
  /** Requests so far, oldest first; the last 10,000. */
  readonly requests: readonly SeenRequest[];
  /** Answers one request without a socket, a fault or a place in the log: for tests that make millions. */
  answer(method: string, url: URL, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer>;
  close(): Promise<void>;
};

/** A server on loopback: control API, faults and the log of requests here, everything else in `vendor`. */
export async function startSimulator(
  vendor: Vendor,
  options: { readonly port: number; readonly faults?: readonly Fault[] },
): Promise<RunningSimulator> {
  const faults = new Faults();
  faults.add(...(options.faults ?? []));
  const requests: SeenRequest[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const atMs = Date.now();
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const method = request.method ?? "GET";
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (url.pathname.startsWith("/__control/")) {
      commonControl(vendor, { faults, requests }, method, url, body, response);
      return;
    }
    const note = (status: number) => {
      requests.push({ method, path: `${url.pathname}${url.search}`, status, atMs });
      if (requests.length > 10_000) requests.splice(0, 5_000);
    };
    if (vendor.prefix !== "" && !url.pathname.startsWith(`${vendor.prefix}/`)) {
      note(404);
      response.writeHead(404, { "content-type": "text/html" }).end("<html><body>404</body></html>");
      return;
    }
    const path = url.pathname.slice(vendor.prefix.length);
    const target = vendor.target(method, path, url.searchParams);
    const fault = faults.take(target);
    if (target.writes) response.once("close", () => faults.wrote());
    if (fault?.kind === "refuse") {
      note(0);
      shut(fault.ms ?? 1000);
      return;
    }
    const struck = fault === null ? null : await strikeBefore(vendor, fault, response);
    if (struck === "gone") {
      note(0);
      return;
    }
    const call: Call = {
      method,
      path,
      query: url.searchParams,
      headers: request.headers,
      body,
      fault,
    };
    if (fault?.kind === "late") {
      note(0);
      await wait(fault.ms ?? 1000);
      await answerTo(vendor, call);
      return;
    }
    if (fault?.kind === "double") await answerTo(vendor, call);
    const answer = struck ?? (await answerTo(vendor, call));
    note(answer.status);
    await send(response, answer, fault);
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
  if (address === null || typeof address === "string") throw new Error("simulator: no port");
  const url = `http://127.0.0.1:${address.port}`;
  /** Nobody can connect for a while, the control API included. */
  const shut = (ms: number): void => {
    server.close();
    server.closeAllConnections();
    setTimeout(() => server.listen(address.port, "127.0.0.1"), ms);
  };
  return {
    url,
    controlUrl: `${url}/__control/`,
    faults,
    requests,
    answer: (method, { pathname, searchParams }, headers, body) =>
      answerTo(vendor, {
        method,
        path: pathname.slice(vendor.prefix.length),
        query: searchParams,
        headers,
        body,
        fault: null,
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerTo(vendor: Vendor, call: Call): Promise<Answer> {
  try {
    return await vendor.handle(call);
  } catch (e) {
    return vendor.thrown(e) ?? vendor.failure(500, e instanceof Error ? e.message : "unknown");
  }
}
