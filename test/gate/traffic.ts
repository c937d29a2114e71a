import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { undeviated } from "./deviations.ts";
import type { Gate } from "./gate.ts";

/** One request and its answer, as they went over the wire; bodies parsed where they are JSON. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answer: unknown;
};

export type Tap = {
  /** Where to send what shall be seen. */
  readonly url: string;
  close(): Promise<void>;
};

/**
 * A proxy on loopback in front of a simulator; it changes nothing and tells of every whole exchange. The host header
 * stays the tap's own, so that addresses which the simulator makes from it lead through the tap again. A connection that
 * the simulator breaks is broken here too, and is no exchange.
 */
export async function tapped(simulator: string, onExchange: (e: Exchange) => void): Promise<Tap> {
  const to = new URL(simulator);
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const sent = await bytesOf(incoming);
      const onward = forward(
        {
          host: to.hostname,
          port: to.port,
          method: incoming.method,
          path: to.pathname.replace(/\/$/, "") + (incoming.url ?? "/"),
          headers: incoming.headers,
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
          answer.pipe(outgoing);
          void bytesOf(answer).then(
            (got) => onExchange(exchangeOf(incoming, sent, answer, got)),
            () => outgoing.destroy(),
          );
        },
      );
      onward.on("error", () => outgoing.destroy());
      outgoing.on("close", () => onward.destroy());
      onward.end(sent);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function exchangeOf(incoming: IncomingMessage, sent: Buffer, answer: IncomingMessage, got: Buffer): Exchange {
  const url = new URL(incoming.url ?? "/", "http://tap");
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: flat(incoming.headers),
    body: parsed(sent),
    status: answer.statusCode ?? 0,
    answerHeaders: flat(answer.headers),
    answer: parsed(got),
  };
}

const flat = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, v]) => [name, Array.isArray(v) ? v.join(", ") : (v ?? "")]),
  );

export function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) return text;
    throw cause;
  }
}

/** What the gate says of both halves of an exchange, the known deviations left out. */
export function judged(gate: Gate, vendor: string, e: Exchange): string[] {
  const said = [...gate.request(e), ...gate.response({ ...e, headers: e.answerHeaders, body: e.answer })];
  return undeviated(vendor, said).map((v) => `${v.operation} ${v.what}`);
}
