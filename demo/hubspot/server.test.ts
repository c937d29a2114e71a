import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Call, hubspotCall } from "../../test/e2e/hubspot-call.ts";
import { type HubspotSim, startHubspotSim } from "./server.ts";

const CONTACTS = "/crm/v3/objects/contacts";
const STATUSES = "/communication-preferences/v4/statuses";
const UNLIMITED = { perTenSeconds: null, perDay: null, searchPerSecond: null };
let now = Date.parse("2026-11-23T06:00:00Z");
const sim: HubspotSim = await startHubspotSim({
  port: 0,
  clock: { now: () => new Date(now) },
});
const call: Call = (...args) => hubspotCall(sim, ...args);
const people = (n: number) => Array.from({ length: n }, (_, i) => ({ email: `p${i}@example.test` }));
/** What was written down since. */
const since = () => {
  const from = sim.control.journal().length;
  return () => sim.control.journal().slice(from);
};
const idOf = (email: string) => String(sim.control.contact(email)?.id);

beforeEach(() => {
  sim.control.clearFaults();
  sim.control.clear();
  sim.control.settings({ limits: UNLIMITED });
  sim.control.addSubscription(11, "Newsletter");
  sim.control.addSubscription(12, "Offers");
});
afterAll(() => sim.close());

describe("access", () => {
  test("no token, a wrong token and a scope that is missing", async () => {
    expect((await call("GET", CONTACTS, undefined, "pat-wrong")).body.category).toBe(
      "INVALID_AUTHENTICATION",
    );
    sim.control.scopes(["crm.objects.contacts.read"]);
    const refused = await call("GET", "/crm/v3/lists/1");
    expect([refused.status, refused.body.category, refused.body.errors[0]?.context.requiredScopes]).toEqual([
      403,
      "MISSING_SCOPES",
      ["crm.lists.read"],
    ]);
    expect((await call("GET", CONTACTS)).status).toBe(200);
    const info = await call("POST", "/oauth/v2/private-apps/get/access-token-info", { tokenKey: sim.token });
    expect(info.body.scopes).toEqual(["crm.objects.contacts.read"]);
    sim.control.scopes(null);
  });

  test("the app that may only read can read and not write", async () => {
    const { readToken } = sim;
    expect((await call("GET", CONTACTS, undefined, readToken)).status).toBe(200);
    const refused = await call("POST", CONTACTS, { properties: { email: "new@example.test" } }, readToken);
    expect([refused.status, refused.body.category]).toEqual([403, "MISSING_SCOPES"]);
    const info = await call("POST", "/oauth/v2/private-apps/get/access-token-info", { tokenKey: readToken });
    expect(info.body.scopes.filter((s: string) => s.includes("write"))).toEqual([]);
  });

  test("limits: ten seconds with a policy name, searches by the second without, both with headers", async () => {
    sim.control.settings({ limits: { perTenSeconds: 2, perDay: 1000, searchPerSecond: 1 } });
    const first = await call("GET", CONTACTS);
    expect([
      first.headers.get("x-hubspot-ratelimit-max"),
      first.headers.get("x-hubspot-ratelimit-remaining"),
    ]).toEqual(["2", "1"]);
    await call("GET", CONTACTS);
    const third = await call("GET", CONTACTS);
    expect([
      third.status,
      third.body.category,
      third.body.policyName,
      third.headers.get("retry-after"),
    ]).toEqual([429, "RATE_LIMITS", "TEN_SECONDLY_ROLLING", null]);
    expect((await call("POST", `${CONTACTS}/search`, {})).headers.has("x-hubspot-ratelimit-max")).toBe(false);
    const second = await call("POST", `${CONTACTS}/search`, {});
    expect([second.status, second.body.message, second.body.policyName]).toEqual([
      429,
      "You have reached your secondly limit.",
      undefined,
    ]);
  });
});

describe("contacts", () => {
  test("pages of at most 100, by id, the last without paging", async () => {
    sim.control.load(people(200));
    const first = await call("GET", `${CONTACTS}?limit=100&properties=email`);
    const second = await call(
      "GET",
      `${CONTACTS}?limit=100&properties=email&after=${first.body.paging?.next.after}`,
    );
    expect([first.body.results.length, second.body.results.length, second.body.paging]).toEqual([
      100,
      100,
      undefined,
    ]);
    expect(new Set([...first.body.results, ...second.body.results].map((c) => c.id)).size).toBe(200);
    expect((await call("GET", `${CONTACTS}?limit=101`)).status).toBe(400);
  });

  test("a property that was asked for is null without a value, one that does not exist is left out", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    const { body } = await call("GET", `${CONTACTS}?properties=email,city,nonsense`);
    expect(body.results[0]?.properties).toMatchObject({ email: "a@example.test", city: null });
    expect(body.results[0]?.properties).not.toHaveProperty("nonsense");
  });

  test("history names who set a value, newest first", async () => {
    sim.control.load([{ email: "a@example.test", properties: { city: "Lübeck" } }]);
    sim.control.setProperty("a@example.test", "city", "Kiel", {
      type: "INTEGRATION",
      id: "77",
      label: "Reverse ETL",
    });
    const { body } = await call("POST", `${CONTACTS}/batch/read`, {
      inputs: [{ id: idOf("a@example.test") }],
      properties: ["city"],
      propertiesWithHistory: ["city"],
    });
    expect(
      body.results[0]?.propertiesWithHistory.city?.map((v) => [v.value, v.sourceType, v.sourceLabel]),
    ).toEqual([
      ["Kiel", "INTEGRATION", "Reverse ETL"],
      ["Lübeck", "IMPORT", "Customers import"],
    ]);
  });

  test("batch read tells in a 207 what is missing, and a merged id answers with whom it became", async () => {
    sim.control.load([{ email: "a@example.test" }, { email: "b@example.test" }]);
    const [a, b] = [idOf("a@example.test"), idOf("b@example.test")];
    sim.control.merge("a@example.test", "b@example.test");
    const reply = await call("POST", `${CONTACTS}/batch/read`, {
      inputs: [{ id: b }, { id: "999" }],
      properties: ["email", "hs_additional_emails", "hs_merged_object_ids"],
    });
    expect([reply.status, reply.body.errors[0]?.context.ids, reply.body.numErrors]).toEqual([
      207,
      ["999"],
      1,
    ]);
    expect(reply.body.results[0]).toMatchObject({
      id: a,
      properties: { hs_additional_emails: "b@example.test", hs_merged_object_ids: b },
    });
    const tooMany = Array.from({ length: 101 }, (_, i) => ({ id: String(i) }));
    expect((await call("POST", `${CONTACTS}/batch/read`, { inputs: tooMany })).status).toBe(400);
  });

  test("update refuses what is read-only, with the whole batch", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    const journal = since();
    const inputs = [{ id: idOf("a@example.test"), properties: { city: "Kiel", hs_email_optout: "false" } }];
    const reply = await call("POST", `${CONTACTS}/batch/update`, { inputs });
    expect([reply.status, reply.body.category]).toEqual([400, "VALIDATION_ERROR"]);
    expect(journal()).toEqual([]);
    const good = await call("POST", `${CONTACTS}/batch/update`, {
      inputs: [{ ...inputs[0], properties: { city: "Kiel" } }],
    });
    expect([good.status, good.body.results[0]?.properties.city]).toEqual([200, "Kiel"]);
    expect(sim.control.journal().at(-1)).toMatchObject({ op: "contact.update", effective: true });
  });

  test("upsert makes whom it does not find, and mail may reach them", async () => {
    const reply = await call("POST", `${CONTACTS}/batch/upsert`, {
      inputs: [{ id: "new@example.test", idProperty: "email", properties: { firstname: "Ada" } }],
    });
    expect(reply.body.results[0]).toMatchObject({ new: true, properties: { firstname: "Ada" } });
    expect(sim.control.mailable("new@example.test", 11)).toBe(true);
  });

  test("search knows of a new contact after a while, at most 200 a page and 10,000 in all", async () => {
    const search = {
      filterGroups: [{ filters: [{ propertyName: "email", operator: "EQ", value: "n@example.test" }] }],
    };
    await call("POST", `${CONTACTS}/batch/create`, { inputs: [{ properties: { email: "n@example.test" } }] });
    expect((await call("POST", `${CONTACTS}/search`, search)).body.total).toBe(0);
    now += 3_000;
    expect((await call("POST", `${CONTACTS}/search`, search)).body.total).toBe(1);
    expect((await call("POST", `${CONTACTS}/search`, { limit: 201 })).status).toBe(400);
    expect((await call("POST", `${CONTACTS}/search`, { limit: 100, after: "9901" })).status).toBe(400);
  });
});

describe("lists", () => {
  test("memberships: at most 250 a page, by record id", async () => {
    sim.control.load(people(300).map((p) => ({ ...p, lists: ["Active"] })));
    const { body } = await call("GET", "/crm/v3/lists/object-type-id/0-1/name/Active");
    expect([body.list.size, body.list.processingStatus]).toEqual([300, "COMPLETE"]);
    const path = `/crm/v3/lists/${body.list.listId}/memberships?limit=250`;
    const first = await call("GET", path);
    const second = await call(
      "GET",
      `${path}&after=${encodeURIComponent(first.body.paging?.next.after ?? "")}`,
    );
    expect([first.body.results.length, second.body.results.length, first.body.total]).toEqual([250, 50, 300]);
    expect((await call("GET", path.replace("250", "251"))).status).toBe(400);
  });

  test("add tells who was added and who is unknown, and is silent about who was there", async () => {
    sim.control.load([{ email: "a@example.test" }, { email: "b@example.test", lists: ["Active"] }]);
    const journal = since();
    const [a, b] = [idOf("a@example.test"), idOf("b@example.test")];
    const { list } = (await call("GET", "/crm/v3/lists/object-type-id/0-1/name/Active")).body;
    const { body } = await call("PUT", `/crm/v3/lists/${list.listId}/memberships/add`, [a, a, b, "999"]);
    expect(body).toEqual({ recordsIdsAdded: [a], recordIdsRemoved: [], recordIdsMissing: ["999"] });
    const both = await call("PUT", `/crm/v3/lists/${list.listId}/memberships/add-and-remove`, {
      recordIdsToAdd: [],
      recordIdsToRemove: [b, b],
    });
    expect(both.body.recordIdsRemoved).toEqual([b]);
    expect(journal().map((e) => [e.op, e.effective])).toEqual([
      ["list.add", true],
      ["list.remove", true],
    ]);
    expect((await call("GET", `/crm/v3/lists/${list.listId}`)).body.list.size).toBe(1);
  });

  test("a dynamic list follows its definition after a while and refuses writes", async () => {
    const filterBranch = {
      filterBranchType: "OR",
      filters: [],
      filterBranches: [
        {
          filterBranchType: "AND",
          filterBranches: [],
          filters: [
            {
              filterType: "PROPERTY",
              property: "city",
              operation: { operationType: "MULTISTRING", operator: "IS_EQUAL_TO", values: ["Kiel"] },
            },
          ],
        },
      ],
    };
    sim.control.load([
      { email: "a@example.test" },
      { email: "b@example.test", properties: { city: "Kiel" } },
    ]);
    const made = await call("POST", "/crm/v3/lists", {
      name: "In Kiel",
      objectTypeId: "0-1",
      processingType: "DYNAMIC",
      filterBranch,
    });
    const path = `/crm/v3/lists/${made.body.list.listId}`;
    expect(made.body.list).toMatchObject({ processingStatus: "PROCESSING", size: 0 });
    now += 2_000;
    expect((await call("GET", path)).body.list).toMatchObject({ processingStatus: "COMPLETE", size: 1 });
    sim.control.setProperty("a@example.test", "city", "Kiel", { type: "CRM_UI", id: null, label: null });
    expect((await call("GET", `${path}/memberships`)).body.results).toHaveLength(1);
    now += 2_000;
    expect((await call("GET", `${path}/memberships`)).body.results).toHaveLength(2);
    const refused = await call("PUT", `${path}/memberships/remove`, [idOf("a@example.test")]);
    expect([refused.status, refused.body.category]).toEqual([400, "VALIDATION_ERROR"]);
    expect((await call("GET", `${path}?includeFilters=true`)).body.list).toMatchObject({ filterBranch });
  });
});

describe("communication preferences", () => {
  const write = (statusState: string, email = "a@example.test") =>
    call("POST", `${STATUSES}/batch/write`, {
      inputs: [{ channel: "EMAIL", subscriberIdString: email, subscriptionId: 11, statusState }],
    });
  const reason = async (r: ReturnType<typeof write>) => (await r).body.results[0]?.setStatusSuccessReason;

  test("nothing was said: NOT_SPECIFIED for each type", async () => {
    const { body } = await call("GET", `${STATUSES}/a@example.test?channel=EMAIL`);
    expect(body.results.map((s) => [s.subscriptionId, s.status])).toEqual([
      [11, "NOT_SPECIFIED"],
      [12, "NOT_SPECIFIED"],
    ]);
  });

  test("an unsubscribe is told once, and a subscribe lifts it: the call that must not be made", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    expect(await reason(write("UNSUBSCRIBED"))).toBe("REQUESTED_CHANGE_OCCURRED");
    expect(await reason(write("UNSUBSCRIBED"))).toBe("NO_STATUS_CHANGE");
    expect(sim.control.mailable("a@example.test", 11)).toBe(false);
    expect(await reason(write("SUBSCRIBED"))).toBe("RESUBSCRIBE_OCCURRED");
    expect(sim.control.journal().at(-1)).toMatchObject({ op: "consent.subscribed", effective: true });
    expect(sim.control.mailable("a@example.test", 11)).toBe(true);
  });

  test("out of everything: each type is out, the contact says so, the answer is empty unless verbose", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    const path = `${STATUSES}/batch/unsubscribe-all?channel=EMAIL`;
    expect((await call("POST", path, { inputs: ["a@example.test"] })).body.results).toEqual([]);
    const { body } = await call("GET", `${STATUSES}/a@example.test?channel=EMAIL`);
    expect(body.results.map((s) => s.status)).toEqual(["UNSUBSCRIBED", "UNSUBSCRIBED"]);
    const contact = await call(
      "GET",
      `${CONTACTS}/a@example.test?idProperty=email&properties=hs_email_optout`,
    );
    expect(contact.body.properties.hs_email_optout).toBe("true");
    const read = await call("POST", `${STATUSES}/batch/unsubscribe-all/read?channel=EMAIL`, {
      inputs: ["a@example.test", "b@example.test"],
    });
    expect(read.body.results).toMatchObject([
      { wideStatuses: [{ wideStatusType: "PORTAL_WIDE" }] },
      { wideStatuses: [] },
    ]);
  });
});
