import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Log } from "../../core/ports.ts";
import { readClient, urlOf } from "./read-client.ts";
import { checkedBase, HTTP_DEFAULTS, type HttpSettings } from "./settings.ts";
import { writeClient } from "./write-client.ts";

const log: Log = { info: () => undefined, warn: () => undefined };
const servers: Server[] = [];
afterEach(() => {
  for (const s of servers.splice(0)) {
    s.closeAllConnections();
    s.close();
  }
});

/** A server that answers the nth request with the nth listener, and the last one from then on. */
async function serve(
  ...listeners: RequestListener[]
): Promise<{ url: string; hits: { method: string; auth: string | undefined }[] }> {
  const hits: { method: string; auth: string | undefined }[] = [];
  const server = createServer((req, res) => {
    const listener = listeners[Math.min(hits.length, listeners.length - 1)];
    hits.push({ method: req.method ?? "", auth: req.headers.authorization });
    listener?.(req, res);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits };
}

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_, res) =>
    void res.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

const waits: number[] = [];
const settings = (baseUrl: string, more: Partial<HttpSettings> = {}): HttpSettings => {
  waits.length = 0;
  return {
    where: "shop",
    baseUrl,
    headers: () => ({ authorization: "Bearer s3cret" }),
    clock: { now: () => new Date() },
    authFix: "renew the key",
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...HTTP_DEFAULTS,
    timeoutMs: 10_000,
    ...more,
  };
};
const call = () => ({ signal: new AbortController().signal, log });
const get = (url: string, more: Partial<HttpSettings> = {}, query: Record<string, string> = {}) =>
  readClient(settings(url, more)).get("/things/", query, call());
const put = (url: string, more: Partial<HttpSettings> = {}) =>
  writeClient(settings(url, more)).send("PUT", "/things/1/", {}, { a: 1 }, call());

describe("reading", () => {
  it("sends the query and the header, and answers the JSON", async () => {
    let seen = "";
    const { url, hits } = await serve((req, res) => {
      seen = req.url ?? "";
      json({ ok: 1 })(req, res);
    });
    expect(await get(`${url}/api/`, {}, { filter: "a+b&c", limit: "1" })).toEqual({ ok: 1 });
    expect(seen).toBe("/api/things/?filter=a%2Bb%26c&limit=1");
    expect(hits).toEqual([{ method: "GET", auth: "Bearer s3cret" }]);
  });

  it("has nothing on it but reads", () => {
    expect(Object.keys(readClient(settings("https://shop.example")))).toEqual([
      "get",
      "getWithHeaders",
      "getNext",
      "getNextWithHeaders",
      "readPost",
    ]);
  });

  it.each([
    ["seconds", "7", [7050]],
    [
      "a date",
      new Date(Date.now() + 9_000).toUTCString(),
      [expect.toSatisfy((n: number) => n > 6_000 && n < 9_200)],
    ],
    ["a minute", "59.9", [59_950]],
    ["nonsense", "soon", [375]],
    ["a negative number", "-5", [expect.toSatisfy((n: number) => n >= 0 && n < 400)]],
  ])("waits as Retry-After says: %s", async (_, header, expected) => {
    const { url } = await serve(json({}, 429, { "retry-after": header }), json({ ok: 1 }));
    expect(await get(url)).toEqual({ ok: 1 });
    expect(waits).toEqual(expected);
  });

  it("waits longer each time, and gives up after the fifth try", async () => {
    const { url, hits } = await serve(json({}, 503));
    await expect(get(url)).rejects.toMatchObject({ kind: "transient" });
    expect(hits).toHaveLength(5);
    expect(waits).toEqual([375, 750, 1500, 3000]);
  });

  it.each([
    [401, "auth", "renew the key"],
    [403, "auth", "renew the key"],
    [404, "permanent", "not found"],
    [400, "permanent", "refused"],
    [429, "rate_limited", "too many"],
    [500, "transient", "server failed"],
  ])("sorts %s as %s", async (status, kind, words) => {
    const { url } = await serve(
      json({ errors: [{ message: "ana@example.test is wrong", type: "SomeError" }] }, status),
    );
    const error: unknown = await get(url, { attempts: 1 }, { email: "ana@example.test" }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ kind });
    expect(String(error)).toContain(words);
    expect(String(error)).toMatch(/^AuditorError: shop: GET \/things\//);
    expect(String(error)).not.toMatch(/ana|s3cret|email=/);
  });

  it("gives up at once when it is asked to wait longer than it may, and never asks within that time", async () => {
    const { url, hits } = await serve(json({}, 429, { "retry-after": "31536000" }), json({ ok: 1 }));
    await expect(get(url)).rejects.toMatchObject({ kind: "rate_limited", retryAfterMs: 86_400_000 });
    expect(hits).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it("follows a next address below its base and no other", async () => {
    const { url, hits } = await serve(json({ ok: 1 }));
    const client = readClient(settings(`${url}/api`));
    expect(await client.getNext(`${url}/api/things?page=2`, call())).toEqual({ ok: 1 });
    for (const next of [
      "https://evil.example/api/things",
      `${url}/other`,
      `${url}/api/../x`,
      "http://a:b@x/",
      "::",
    ])
      await expect(client.getNext(next, call())).rejects.toMatchObject({ kind: "bad_data" });
    expect(hits).toHaveLength(1);
  });

  it("posts only where the vendor reads by POST, and tries again there as with any read", async () => {
    const { url, hits } = await serve(json({}, 500), json({ ok: 1 }));
    const client = readClient(settings(url, { readPosts: [/^\/search$/] }));
    expect(await client.readPost("/search", {}, { ids: [1] }, call())).toEqual({ ok: 1 });
    expect(hits.map((h) => h.method)).toEqual(["POST", "POST"]);
    await expect(client.readPost("/things", {}, {}, call())).rejects.toThrow(
      /not one of those that only read/,
    );
    expect(hits).toHaveLength(2);
  });

  it("deletes only where that takes a membership away", async () => {
    const { url, hits } = await serve(json({}));
    const client = writeClient(settings(url, { membershipDeletes: [/^\/lists\/\d+\/members\/\d+$/] }));
    expect(await client.send("DELETE", "/lists/1/members/2", {}, null, call())).toMatchObject({ ok: true });
    await expect(client.send("DELETE", "/members/2", {}, null, call())).rejects.toThrow(/only a membership/);
    expect(hits.map((h) => h.method)).toEqual(["DELETE"]);
  });

  it("asks once only when the key is refused", async () => {
    const { url, hits } = await serve(json({}, 401));
    await expect(get(url)).rejects.toMatchObject({ kind: "auth" });
    expect(hits).toHaveLength(1);
  });

  it("tries once more with the server's time when the clocks differ", async () => {
    const times: number[] = [];
    const past = new Date(Date.now() - 3_600_000);
    const { url } = await serve(json({}, 401, { date: past.toUTCString() }), json({ ok: 1 }));
    const headers = (ms: number) => {
      times.push(ms);
      return {};
    };
    expect(await get(url, { headers })).toEqual({ ok: 1 });
    expect((times[0] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(3_590_000);
  });

  it.each([
    [
      "a web page",
      (_: unknown, res: Parameters<RequestListener>[1]) => void res.end("<!doctype html><p>login</p>"),
      "web page",
    ],
    ["broken JSON", (_: unknown, res: Parameters<RequestListener>[1]) => void res.end('{"a":'), "not JSON"],
    ["nothing", (_: unknown, res: Parameters<RequestListener>[1]) => void res.end(), "not JSON"],
  ])("calls %s bad data", async (_, listener, words) => {
    const { url } = await serve(listener);
    const error: unknown = await get(url).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "bad_data" });
    expect(String(error)).toContain(words);
  });

  it("stops reading an answer that never ends", async () => {
    const { url } = await serve((_, res) => {
      const timer = setInterval(() => void res.write("x".repeat(10_000)), 1);
      res.on("close", () => clearInterval(timer));
    });
    await expect(get(url, { maxBytes: 50_000, timeoutMs: 5000 })).rejects.toMatchObject({ kind: "bad_data" });
  });

  it("gives up on a server that is silent, and on one that breaks off", async () => {
    const silent = await serve(() => undefined);
    await expect(get(silent.url, { attempts: 1, timeoutMs: 50 })).rejects.toThrow(/no whole answer within/);
    const breaking = await serve(
      (_, res) => {
        res.writeHead(200, { "content-length": "100" }).write("{");
        setTimeout(() => res.destroy(), 20);
      },
      json({ ok: 1 }),
    );
    expect(await get(breaking.url)).toEqual({ ok: 1 });
    await expect(get("http://127.0.0.1:1", { attempts: 1 })).rejects.toThrow(/cannot be reached|broke/);
  });

  it("never follows to another host, nor sends the key there", async () => {
    const other = await serve(json({ stolen: true }));
    const { url } = await serve(
      (_, res) => void res.writeHead(302, { location: `${other.url}/x?token=1` }).end(),
    );
    const error: unknown = await get(url).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "config" });
    expect(String(error)).toMatch(/another host/);
    expect(String(error)).not.toContain("token");
    expect(other.hits).toEqual([]);
  });

  it("stops at once when told to", async () => {
    const stop = new AbortController();
    const { url, hits } = await serve(() => stop.abort());
    await expect(
      readClient(settings(url, { timeoutMs: 5000 })).get("/", {}, { signal: stop.signal, log }),
    ).rejects.toMatchObject({ kind: "interrupted" });
    await expect(readClient(settings(url)).get("/", {}, { signal: stop.signal, log })).rejects.toMatchObject({
      kind: "interrupted",
    });
    expect(hits).toHaveLength(1);
  });
});

describe("writing", () => {
  it("never sends twice, but after a 429, which had no effect", async () => {
    for (const status of [500, 502, 503, 429]) {
      const { url, hits } = await serve(json({}, status));
      expect(await put(url)).toMatchObject({ ok: false, effect: status === 429 ? "none" : "unknown" });
      expect(hits).toHaveLength(status === 429 ? 4 : 1);
    }
  });
  it("does not know the effect when the answer is lost", async () => {
    const lost = await serve((req) => void req.socket.destroy());
    expect(await put(lost.url)).toMatchObject({ ok: false, effect: "unknown" });
    const silent = await serve(() => undefined);
    expect(await put(silent.url, { timeoutMs: 50 })).toMatchObject({ ok: false, effect: "unknown" });
    const page = await serve((_, res) => void res.end("<p>"));
    expect(await put(page.url)).toMatchObject({ ok: false, effect: "unknown" });
  });
  it("knows that nothing happened when it could not connect or was refused", async () => {
    expect(await put("http://127.0.0.1:9")).toMatchObject({ ok: false, effect: "none" });
    const refused = await serve(json({}, 422));
    expect(await put(refused.url)).toMatchObject({ ok: false, effect: "none", status: 422 });
  });
});

describe("addresses", () => {
  it.each([
    ["http://shop.example", /not encrypted/],
    ["https://me:pw@shop.example", /user or password/],
    ["https://shop.example/?key=1", /query/],
    ["shop.example", /not an address/],
  ])("refuses %s", (url, words) => expect(() => checkedBase("shop", url)).toThrow(words));
  it("takes https, and http on loopback", () => {
    for (const url of [
      "https://shop.example/blog",
      "http://127.0.0.1:2368",
      "http://localhost:1",
      "http://[::1]:1",
    ])
      checkedBase("shop", url);
    expect(() => checkedBase("shop", "http://127.0.0.1.evil.example")).toThrow(/not encrypted/);
  });
  it("keeps a folder of the base", () =>
    expect(urlOf(new URL("https://x.example/blog"), "/a/", {}).href).toBe("https://x.example/blog/a/"));
});
