import type { ServerResponse } from "node:http";
import type { Fault, Faults } from "./faults.ts";
import type { SeenRequest, Vendor } from "./server.ts";

/**
 * What every simulator's control API answers under `/__control/`: `GET journal?since=N` and `GET requests` as lines
 * of JSON, `GET|POST|DELETE faults`; the rest is the vendor's. Nothing done here is in the journal.
 */
export function commonControl(
  vendor: Vendor,
  shared: { readonly faults: Faults; readonly requests: readonly SeenRequest[] },
  method: string,
  url: URL,
  body: Buffer,
  response: ServerResponse,
): void {
  try {
    const parsed: unknown = body.length > 0 ? JSON.parse(body.toString("utf8")) : null;
    const answer = controlAnswer(vendor, shared, method, url, parsed);
    if (answer === null) response.writeHead(404).end();
    else if (answer instanceof Lines)
      response.writeHead(200, { "content-type": "application/x-ndjson" }).end(answer.text());
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  } catch (e) {
    response
      .writeHead(400, { "content-type": "text/plain" })
      .end(e instanceof Error ? e.message : "bad request");
  }
}

/** An answer of the control API with one item a line. */
export class Lines {
  readonly #items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.#items = items;
  }
  text(): string {
    return this.#items.map((i) => `${JSON.stringify(i)}\n`).join("");
  }
}

function controlAnswer(
  vendor: Vendor,
  { faults, requests }: { readonly faults: Faults; readonly requests: readonly SeenRequest[] },
  method: string,
  url: URL,
  body: unknown,
): unknown {
  const path = url.pathname.slice("/__control/".length);
  switch (`${method} ${path}`) {
    case "GET journal":
      return new Lines(vendor.journal().slice(Number(url.searchParams.get("since") ?? "0")));
    case "GET requests":
      return new Lines(requests);
    case "GET faults":
      return faults.list();
    case "POST faults":
      // Shapes are checked where they are added; a wrong kind is told.
      faults.add(...((Array.isArray(body) ? body : [body]) as readonly Fault[]));
      return { faults: faults.list() };
    case "DELETE faults":
      faults.clear();
      return { faults: [] };
    default:
      return vendor.control(method, path, url.searchParams, body);
  }
}
