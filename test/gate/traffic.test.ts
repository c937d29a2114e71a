import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { gate } from "./gate.ts";
import { type Exchange, judged, tapped } from "./traffic.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function simulator(): Promise<string> {
  const server = createServer((q, a) => {
    if (q.url === "/broken") return void q.socket.destroy();
    if (q.url === "/half") {
      a.writeHead(200, { "content-length": "100" });
      a.write("half");
      return void setTimeout(() => q.socket.destroy(), 20);
    }
    a.writeHead(q.method === "POST" ? 202 : 200, { "content-type": "application/json", "retry-after": "3" });
    a.end(JSON.stringify({ next: `http://${q.headers.host}/lists?page=2` }));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a tap passes everything on, leads back to itself, and tells what it saw", async () => {
  const seen: Exchange[] = [];
  const tap = await tapped(await simulator(), (e) => seen.push(e));
  open.unshift(tap);
  const response = await fetch(`${tap.url}/lists?page=1`, {
    method: "POST",
    body: '{"a":1}',
    headers: { "x-key": "k" },
  });
  expect(response.status).toBe(202);
  expect(response.headers.get("retry-after")).toBe("3");
  expect(await response.json()).toEqual({ next: `${tap.url}/lists?page=2` });
  expect(seen).toMatchObject([
    { method: "POST", path: "/lists", body: { a: 1 }, status: 202, headers: { "x-key": "k" } },
  ]);
  expect(seen[0]?.query.get("page")).toBe("1");
  expect(seen[0]?.answerHeaders["retry-after"]).toBe("3");
});

test("a broken connection is broken on this side too, and no exchange", async () => {
  const seen: Exchange[] = [];
  const tap = await tapped(await simulator(), (e) => seen.push(e));
  open.unshift(tap);
  await expect(fetch(`${tap.url}/broken`)).rejects.toThrow();
  await expect(fetch(`${tap.url}/half`).then((r) => r.text())).rejects.toThrow();
  expect(seen).toEqual([]);
});

test("an exchange is judged from both sides", async () => {
  const judge = gate({
    servers: [{ url: "https://example.com" }],
    paths: {
      "/lists": {
        get: { responses: { 200: { content: { "application/json": { schema: { type: "array" } } } } } },
      },
    },
  });
  const seen: string[] = [];
  const tap = await tapped(await simulator(), (e) => seen.push(...judged(judge, "example", e)));
  open.unshift(tap);
  await (await fetch(`${tap.url}/lists?page=1`)).text();
  expect(seen).toEqual([
    "GET /lists undocumented query parameter page",
    "GET /lists 200: body must be array",
  ]);
});
