import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Call, emails, ghostCall } from "../../test/e2e/ghost-call.ts";
import { type GhostSim, startGhostSim } from "./server.ts";

let sim: GhostSim;
const call: Call = (...args) => ghostCall(sim, ...args);

beforeAll(async () => {
  sim = await startGhostSim({ port: 0 });
});
afterEach(() => {
  sim.control.clearFaults();
  sim.control.clear();
});
afterAll(() => sim.close());

describe("faults", () => {
  const load = (n = 250) =>
    sim.control.load(Array.from({ length: n }, (_, i) => ({ email: `p${i}@example.test` })));
  const page = (n: number) =>
    call("GET", `/members/?limit=100&order=id%20asc&page=${n}`, undefined, undefined, 300);

  test("429 with Retry-After, then well again", async () => {
    sim.control.fault({ kind: "rate_limited", retryAfter: "3" });
    const first = await page(1);
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "3"]);
    expect((await page(1)).status).toBe(200);
  });

  test("timeout before has no effect, timeout after has", async () => {
    const post = (email: string) => call("POST", "/members/", { members: [{ email }] }, undefined, 200);
    sim.control.fault({ kind: "timeout_before" }, { kind: "timeout_after" });
    await expect(post("a@example.test")).rejects.toThrow();
    expect(sim.control.find("a@example.test")).toBeUndefined();
    await expect(post("a@example.test")).rejects.toThrow();
    expect(sim.control.find("a@example.test")).toBeDefined();
  });

  test("a connection reset in the middle of the body", async () => {
    load();
    sim.control.fault({ kind: "reset_mid_body" });
    await expect(page(1)).rejects.toThrow();
  });

  test("lost, short and repeated pages, a wrong total, an empty list", async () => {
    load();
    sim.control.fault({ kind: "page_lost", page: 2 });
    expect([
      (await page(1)).status,
      (await page(2)).status,
      (await page(2)).status,
      (await page(3)).status,
    ]).toEqual([200, 500, 500, 200]);
    sim.control.clearFaults();
    sim.control.fault(
      { kind: "short_page", page: 2, rows: 30 },
      { kind: "repeat_page", page: 2 },
      { kind: "wrong_total" },
      { kind: "empty_list" },
    );
    expect(emails(await page(2))).toHaveLength(70);
    expect(emails(await page(2))).toEqual(
      emails(await call("GET", "/members/?limit=100&order=id%20asc&page=1&nothing=1")).map(() =>
        expect.any(String),
      ),
    );
    sim.control.clearFaults();
    sim.control.fault({ kind: "wrong_total" }, { kind: "empty_list" });
    expect((await page(1)).body.meta.pagination.total).toBe(257);
    expect((await page(1)).body).toMatchObject({ members: [], meta: { pagination: { total: 0 } } });
  });

  test("read lag shows the state before a write; a ghost ack never shows one", async () => {
    load(1);
    const id = sim.control.find("p0@example.test")?.id;
    sim.control.fault({ kind: "read_lag", ms: 60_000 });
    await call("PUT", `/members/${id}/`, { members: [{ name: "New" }] });
    expect((await call("GET", `/members/${id}/`)).body.members[0].name).toBeNull();
    sim.control.clearFaults();
    expect((await call("GET", `/members/${id}/`)).body.members[0].name).toBe("New");
    sim.control.fault({ kind: "ghost_ack" });
    const ack = await call("PUT", `/members/${id}/`, { members: [{ name: "Newer" }] });
    expect([ack.status, ack.body.members[0].name, sim.control.find("p0@example.test")?.name]).toEqual([
      200,
      "Newer",
      "New",
    ]);
  });

  test("an unknown fault is refused with the list of those there are", async () => {
    const reply = await fetch(`${sim.controlUrl}faults`, {
      method: "POST",
      body: JSON.stringify([{ kind: "meteor" }]),
    });
    expect([reply.status, await reply.text()]).toEqual([
      400,
      expect.stringContaining("meteor is not a fault → use one of rate_limited"),
    ]);
  });
});
