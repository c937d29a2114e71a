import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { FixtureApi } from "./fixture-api.ts";
import type { Scene } from "./fixture-scenes.ts";

const PUBLIC = join(import.meta.dirname, "../../dist/public");
const TYPE: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
};
/** As strict as the real server: a page that needs more would break there. */
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

export type FixtureServer = { readonly url: string; readonly api: FixtureApi; close(): Promise<void> };

/** Serves the built dashboard and the fixture API of one scene on a free port. `delay` in ms, for the loading state. */
export async function startFixtureServer(scene: Scene, delay = 0): Promise<FixtureServer> {
  const api = new FixtureApi(scene);
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const url = new URL(request.url ?? "/", "http://localhost");
      if (url.pathname.startsWith("/api/v1/")) {
        const path = url.pathname.slice("/api/v1".length);
        const changes = request.method === "POST" || request.method === "PUT";
        const body = changes ? await bodyOf(request) : {};
        if (changes && request.headers["x-plumbline"] !== "1") {
          response.writeHead(403).end();
          return;
        }
        if (delay > 0 && path !== "/status") await new Promise((done) => setTimeout(done, delay));
        const { status, body: out } = changes ? api.post(path, body) : api.get(path, url.searchParams);
        response
          .writeHead(status, { "content-type": "application/json" })
          .end(out === null ? "" : JSON.stringify(out));
        return;
      }
      const wanted = normalize(url.pathname).replace(/^(\.\.[/\\])+/, "");
      const file = extname(wanted) === "" ? "index.html" : wanted;
      const content = await readFile(join(PUBLIC, file));
      response
        .writeHead(200, {
          "content-type": TYPE[extname(file)] ?? "application/octet-stream",
          "content-security-policy": CSP,
        })
        .end(content);
    };
    answer().catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    api,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
