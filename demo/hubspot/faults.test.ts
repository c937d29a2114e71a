import { afterAll, beforeEach, expect, test } from "vitest";
import { type Call, hubspotCall } from "../../test/e2e/hubspot-call.ts";
import { startHubspotSim } from "./server.ts";

const CONTACTS = "/crm/v3/objects/contacts";
const sim = await startHubspotSim({
  port: 0,
  settings: { limits: { perTenSeconds: null, perDay: null, searchPerSecond: null } },
});
const call: Call = (...args) => hubspotCall(sim, ...args);
let list = "";
const memberships = (after = "") =>
  call("GET", `/crm/v3/lists/${list}/memberships?limit=100${after && `&after=${encodeURIComponent(after)}`}`);
const ids = (r: Awaited<ReturnType<Call>>) => r.body.results.map((m) => m.recordId);

beforeEach(() => {
  sim.control.clearFaults();
  sim.control.clear();
  list = sim.control.addList("Active").id;
  sim.control.load(
    Array.from({ length: 250 }, (_, i) => ({ email: `p${i}@example.test`, lists: ["Active"] })),
  );
});
afterAll(() => sim.close());

test("429 with Retry-After, in HubSpot's words, then well again", async () => {
  sim.control.fault({ kind: "rate_limited", retryAfter: "3" });
  const first = await memberships();
  expect([first.status, first.headers.get("retry-after"), first.body.policyName]).toEqual([
    429,
    "3",
    "TEN_SECONDLY_ROLLING",
  ]);
  expect((await memberships()).status).toBe(200);
});

test("short, repeated and duplicate pages, a repeated cursor, a wrong total, an empty list", async () => {
  const first = await memberships();
  const after = first.body.paging?.next.after ?? "";
  sim.control.fault(
    { kind: "short_page", rows: 30 },
    { kind: "repeat_page" },
    { kind: "repeat_cursor" },
    { kind: "duplicate_rows", rows: 5 },
    { kind: "wrong_total" },
    { kind: "empty_list" },
  );
  expect(ids(await memberships(after))).toHaveLength(70);
  expect(ids(await memberships(after))).toEqual(ids(first));
  expect((await memberships(after)).body.paging?.next.after).toBe(after);
  expect(ids(await memberships(after))).toHaveLength(105);
  expect((await memberships()).body.total).toBe(257);
  expect((await memberships()).body).toMatchObject({ results: [], total: 0 });
});

test("drift: somebody leaves between two pages, and nobody is skipped", async () => {
  const first = await memberships();
  sim.control.fault({ kind: "drift" });
  const second = await memberships(first.body.paging?.next.after);
  expect([second.body.total, ids(second)[0]]).toEqual([249, String(1051 + 50 * 100 + 50 * offset())]);
});
/** Ids go on where the tests before stopped. */
const offset = () => (Number(sim.control.contact("p0@example.test")?.id) - 1051) / 50;

test("a renamed property", async () => {
  sim.control.fault({ kind: "renamed_field", field: "email" });
  const { body } = await call("GET", `${CONTACTS}?limit=1&properties=email`);
  expect(body.results[0]?.properties).toHaveProperty("email_v2");
});

test("read lag shows the state before a write; a ghost ack never shows one; partial leaves out the first", async () => {
  const [a, b] = ["p0@example.test", "p1@example.test"].map((e) => String(sim.control.contact(e)?.id));
  sim.control.fault({ kind: "read_lag", ms: 60_000 });
  await call("PUT", `/crm/v3/lists/${list}/memberships/remove`, [a]);
  expect(ids(await memberships())).toContain(a);
  sim.control.clearFaults();
  expect(ids(await memberships())).not.toContain(a);
  sim.control.fault({ kind: "ghost_ack" }, { kind: "partial" });
  const ack = await call("PUT", `/crm/v3/lists/${list}/memberships/add`, [a]);
  expect([ack.body.recordsIdsAdded, sim.control.listsOf("p0@example.test")]).toEqual([[a], []]);
  const partial = await call("PUT", `/crm/v3/lists/${list}/memberships/remove`, [b, "9", a]);
  expect(partial.body).toMatchObject({ recordIdsRemoved: [], recordIdsMissing: ["9", b] });
});

test("a reset after the effect, and a list that never gets ready", async () => {
  const a = String(sim.control.contact("p0@example.test")?.id);
  sim.control.fault({ kind: "reset_after", method: "PUT" });
  await expect(call("PUT", `/crm/v3/lists/${list}/memberships/remove`, [a])).rejects.toThrow();
  expect(sim.control.listsOf("p0@example.test")).toEqual([]);
  sim.control.fault({ kind: "job_stuck" });
  const filterBranch = { filterBranchType: "OR", filters: [], filterBranches: [] };
  const made = await call("POST", "/crm/v3/lists", {
    name: "Stuck",
    objectTypeId: "0-1",
    processingType: "SNAPSHOT",
    filterBranch,
  });
  expect(made.body.list.processingStatus).toBe("PROCESSING");
});
