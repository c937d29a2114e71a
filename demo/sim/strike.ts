import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Fault } from "./faults.ts";
import type { Answer, Vendor } from "./server.ts";

/** The answer of a fault that comes before any effect; "gone": there is none and never will be; null: go on. */
export async function strikeBefore(
  vendor: Vendor,
  fault: Fault,
  response: ServerResponse,
): Promise<Answer | "gone" | null> {
  const retry = fault.retryAfter == null ? {} : { "retry-after": fault.retryAfter };
  const failing = (status: number, what: string, headers: Readonly<Record<string, string>> = {}): Answer => {
    const answer = vendor.failure(status, what);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };
  switch (fault.kind) {
    case "rate_limited":
      return failing(429, "Too many requests.", retry);
    case "unavailable":
      return failing(503, "Service unavailable.", retry);
    case "server_error":
    case "page_lost":
      return failing(fault.status ?? 500, "Lost connection to the database");
    case "unauthorized":
      return failing(401, "Unknown key");
    case "forbidden":
      return failing(403, "The key lacks a scope.");
    case "not_found":
      return failing(404, "Not found.");
    case "too_large":
      return failing(413, "Request entity too large.");
    case "precondition":
      return failing(412, "Precondition failed.");
    case "error_body":
      return { ...failing(500, "Lost connection to the database"), status: 200 };
    case "redirect":
      return { status: 302, headers: { location: "https://login.example.test/" }, body: null };
    case "html":
      return {
        status: fault.status ?? 502,
        headers: { "content-type": "text/html" },
        body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>",
      };
    case "timeout_before":
      return "gone";
    case "reset_before":
      response.destroy();
      return "gone";
    case "slow":
      await wait(fault.ms ?? 1000);
      return null;
    default:
      return null;
  }
}

const ERROR_BODY = JSON.stringify({ errors: [{ type: "InternalServerError", message: "Something broke." }] });
/** More than a client that bounds answers takes. */
const OVERSIZED = 4 * 1024 * 1024;

/** Sends the answer, or what the fault makes of it. */
export async function send(response: ServerResponse, answer: Answer, fault: Fault | null): Promise<void> {
  if (fault?.kind === "timeout_after") return;
  if (fault?.kind === "reset_after") {
    response.destroy();
    return;
  }
  if (fault?.kind === "truncated_gzip") {
    const whole = gzipSync(textOf(answer));
    response.writeHead(answer.status, { ...answer.headers, "content-encoding": "gzip" });
    response.end(whole.subarray(0, Math.floor(whole.length / 2)));
    return;
  }
  if (fault?.kind === "error_body_after") {
    response.writeHead(200, { "content-type": "application/json" }).end(ERROR_BODY);
    return;
  }
  const text = fault?.kind === "oversized" ? textOf(answer).padEnd(OVERSIZED, " ") : textOf(answer);
  const empty = (answer.body === null && text === "") || fault?.kind === "empty_body";
  const type = fault?.kind === "wrong_type" ? "text/html" : "application/json";
  response.writeHead(answer.status, {
    ...(empty ? {} : { "content-type": type, "content-length": String(Buffer.byteLength(text)) }),
    ...answer.headers,
    ...(fault?.kind === "wrong_type" ? { "content-type": "text/html" } : {}),
  });
  if (fault?.kind === "reset_mid_body") {
    response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
    return;
  }
  if (fault?.kind === "slow_drip") {
    const ends = performance.now() + (fault.ms ?? 1000);
    for (const byte of Buffer.from(text)) {
      if (performance.now() > ends || response.destroyed) break;
      response.write(Buffer.of(byte));
      await wait(10);
    }
    response.end();
    return;
  }
  if (empty) response.end();
  else response.end(fault?.kind === "bad_json" ? text.slice(0, -2).padEnd(text.length, " ") : text);
}

function textOf({ body }: Answer): string {
  if (typeof body === "string") return body;
  return body === null ? "" : JSON.stringify(body);
}
