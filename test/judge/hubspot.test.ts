import { Client } from "@hubspot/api-client";
import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { type HubspotSim, startHubspotSim } from "../../demo/hubspot/server.ts";

/**
 * The vendor's own client judges the simulator: it has to read, write and wait as it does with HubSpot. Its generated
 * models are the only description of the API that may be used here. Communication preferences are judged through the
 * client's plain request: version 13.5 knows v3 of them only.
 */
const UNLIMITED = { perTenSeconds: null, perDay: null, searchPerSecond: null };
const PEOPLE = 230;
const sim: HubspotSim = await startHubspotSim({ port: 0 });
const client = new Client({
  accessToken: sim.token,
  basePath: sim.url,
  numberOfApiCallRetries: 4,
  limiterOptions: { maxConcurrent: 20 },
});
const { contacts, lists } = client.crm;
const email = (i: number): string => `p${i}@example.com`;
const idOf = (i: number): string => String(sim.control.contact(email(i))?.id);

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // the client reports each wait there
  sim.control.clearFaults();
  sim.control.clear();
  sim.control.settings({ limits: UNLIMITED });
  sim.control.addSubscription(11, "Newsletter");
  sim.control.load(
    Array.from({ length: PEOPLE }, (_, i) => ({
      email: email(i),
      properties: { firstname: `N${i}`, plan: i % 2 === 0 ? "pro" : "free" },
      lists: i < 120 ? ["Active"] : [],
    })),
  );
});
afterAll(() => sim.close());

test("pages through every contact", async () => {
  const found = new Set<string | null | undefined>();
  let after: string | undefined;
  for (let pages = 0; pages < 10; pages++) {
    const page = await contacts.basicApi.getPage(100, after, ["email", "plan"]);
    for (const c of page.results) {
      expect(c.createdAt).toBeInstanceOf(Date);
      found.add(c.properties.email);
    }
    after = page.paging?.next?.after;
    if (after === undefined) break;
  }
  expect(found.size).toBe(PEOPLE);
});

test("reads lists and members with the time they joined, then their addresses", async () => {
  const search = await lists.listsApi.doSearch({
    query: "Active",
    count: 10,
    offset: 0,
    additionalProperties: [],
  });
  const listId = search.lists[0]?.listId ?? "";
  expect((await lists.listsApi.getById(listId)).list).toMatchObject({
    name: "Active",
    processingType: "MANUAL",
  });
  expect((await lists.listsApi.getByName("Active", "0-1")).list.listId).toBe(listId);
  const members: string[] = [];
  let after: string | undefined;
  do {
    const page = await lists.membershipsApi.getPage(listId, after, undefined, 50);
    for (const m of page.results) {
      expect(m.membershipTimestamp).toBeInstanceOf(Date);
      members.push(m.recordId);
    }
    after = page.paging?.next?.after;
  } while (after !== undefined);
  expect(members.length).toBe(120);
  const read = await contacts.batchApi.read({
    inputs: members.slice(0, 100).map((id) => ({ id })),
    properties: ["email"],
    propertiesWithHistory: [],
  });
  expect(read.results.length).toBe(100);
  expect(read.results.every((c) => c.properties.email?.endsWith("@example.com"))).toBe(true);
});

test("names who wrote a property", async () => {
  sim.control.setProperty(email(3), "plan", "team", { type: "INTEGRATION", id: "77", label: "Sync tool" });
  const read = await contacts.batchApi.read({
    inputs: [{ id: idOf(3) }],
    properties: ["email"],
    propertiesWithHistory: ["plan"],
  });
  expect(read.results[0]?.propertiesWithHistory?.plan?.[0]).toMatchObject({
    value: "team",
    sourceType: "INTEGRATION",
  });
});

test("adds and removes members; ids that nobody has are left out without an error", async () => {
  const listId = (await lists.listsApi.getByName("Active", "0-1")).list.listId;
  const added = await lists.membershipsApi.add(listId, [idOf(150), "999999999"]);
  expect(added.recordsIdsAdded).toEqual([idOf(150)]);
  const changed = await lists.membershipsApi.addAndRemove(listId, {
    recordIdsToAdd: [idOf(151)],
    recordIdsToRemove: [idOf(150), idOf(0)],
  });
  expect(changed.recordsIdsAdded).toEqual([idOf(151)]);
  expect(sim.control.listsOf(email(0))).toEqual([]);
  expect(sim.control.listsOf(email(151))).toEqual(["Active"]);
});

test("a dynamic list refuses members", async () => {
  const dynamic = sim.control.addList("Everybody", { type: "DYNAMIC" });
  await expect(lists.membershipsApi.add(String(dynamic.id), [idOf(1)])).rejects.toMatchObject({ code: 400 });
});

test("creates, updates and searches; a batch with one bad item is 207, with the rest done", async () => {
  const made = await contacts.basicApi.create({
    properties: { email: "new@example.com", firstname: "New" },
    associations: [],
  });
  await contacts.basicApi.update(made.id, { properties: { plan: "pro" } });
  expect((await contacts.basicApi.getById(made.id, ["plan"])).properties.plan).toBe("pro");
  const batch = await contacts.batchApi.update({
    inputs: [
      { id: made.id, properties: { plan: "team" } },
      { id: "999999999", properties: { plan: "team" } },
    ],
  });
  expect(batch.results.map((r) => r.id)).toEqual([made.id]);
  expect(batch).toMatchObject({ numErrors: 1 });
  await vi.waitFor(async () => {
    const found = await contacts.searchApi.doSearch({
      filterGroups: [
        { filters: [{ propertyName: "email", operator: FilterOperatorEnum.Eq, value: "new@example.com" }] },
      ],
      properties: ["plan"],
      limit: 10,
      after: "0",
      sorts: [],
    });
    expect(found.results.map((r) => r.properties.plan)).toEqual(["team"]);
  }, 5000);
});

test("waits out the search limit of a second and the limit of ten seconds", { timeout: 60_000 }, async () => {
  sim.control.settings({ limits: { ...UNLIMITED, searchPerSecond: 2, perTenSeconds: 3 } });
  const search = () =>
    contacts.searchApi.doSearch({ filterGroups: [], properties: ["email"], limit: 5, after: "0", sorts: [] });
  const found = await Promise.all([search(), search(), search()]);
  expect(found.every((f) => f.total === PEOPLE)).toBe(true);
  const pages = await Promise.all([1, 2, 3, 4].map(() => contacts.basicApi.getPage(5)));
  expect(pages.every((p) => p.results.length === 5)).toBe(true);
  expect(sim.control.requests().filter((r) => r.status === 429).length).toBeGreaterThanOrEqual(2);
});

test("communication preferences: reads, and unsubscribes for one topic only", async () => {
  const path = `/communication-preferences/v4/statuses/${encodeURIComponent(email(4))}`;
  const read = async () => (await client.apiRequest({ method: "GET", path: `${path}?channel=EMAIL` })).json();
  expect((await read()).results).toMatchObject([{ subscriptionId: 11, status: "NOT_SPECIFIED" }]);
  const body = { channel: "EMAIL", statusState: "UNSUBSCRIBED", subscriptionId: 11 };
  expect((await client.apiRequest({ method: "POST", path, body })).status).toBe(200);
  expect((await read()).results).toMatchObject([{ subscriptionId: 11, status: "UNSUBSCRIBED" }]);
  expect(sim.control.mailable(email(4), 11)).toBe(false);
});

test("errors are ones that the client understands", async () => {
  await expect(contacts.basicApi.getById("999999999")).rejects.toMatchObject({
    code: 404,
    body: { category: "OBJECT_NOT_FOUND" },
  });
  const wrong = new Client({ accessToken: "pat-wrong", basePath: sim.url });
  await expect(wrong.crm.contacts.basicApi.getPage(1)).rejects.toMatchObject({
    code: 401,
    body: { category: "INVALID_AUTHENTICATION" },
  });
});
