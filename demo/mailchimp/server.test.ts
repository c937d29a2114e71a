import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOf } from "./list-store.ts";
import { type MailchimpSim, startMailchimpSim } from "./server.ts";

let sim: MailchimpSim;
let at = new Date("2026-11-02T09:00:00.000Z");
const LIST = "/lists/a36b000001";
beforeEach(async () => {
  at = new Date("2026-11-02T09:00:00.000Z");
  sim = await startMailchimpSim({ port: 0, clock: { now: () => at } });
});
afterEach(() => sim.close());

type Reply = { status: number; body: Record<string, unknown>; headers: Headers };
async function call(method: string, path: string, body?: unknown, auth?: string): Promise<Reply> {
  const response = await fetch(`${sim.url}/3.0${path}`, {
    method,
    headers: { authorization: auth ?? `Bearer ${sim.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text), headers: response.headers };
}
const member = (email: string) => `${LIST}/members/${hashOf(email)}`;
const people = (n: number) => Array.from({ length: n }, (_, i) => ({ email: `p${i}@example.test` }));
const rows = (r: Reply, name = "members") => r.body[name] as Record<string, unknown>[];

describe("the door", () => {
  it("takes basic with any user, and bearer; refuses the rest", async () => {
    const basic = (key: string) => `Basic ${Buffer.from(`anyone:${key}`).toString("base64")}`;
    expect((await call("GET", "/ping", undefined, basic(sim.key))).status).toBe(200);
    expect((await call("GET", "/ping")).status).toBe(200);
    expect(await call("GET", "/ping", undefined, basic("x-us3"))).toMatchObject({
      status: 401,
      body: { title: "API Key Invalid" },
    });
  });
  it("lets ten requests in at once; the eleventh is 429 without a header or a body", async () => {
    await sim.close();
    sim = await startMailchimpSim({ port: 0, latencyMs: 500 });
    const replies = await Promise.all(Array.from({ length: 11 }, () => call("GET", "/ping")));
    const refused = replies.filter((r) => r.status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.body).toEqual({});
    expect([...(refused[0]?.headers.keys() ?? [])].filter((h) => /rate|retry/i.test(h))).toEqual([]);
    expect((await call("GET", "/ping")).status).toBe(200);
  });
});

describe("reading members", () => {
  it("gives 10 unless told, at most 1000, and the total", async () => {
    sim.control.load(people(1500));
    expect(rows(await call("GET", `${LIST}/members`))).toHaveLength(10);
    const page = await call("GET", `${LIST}/members?count=1000&offset=1000`);
    expect(rows(page)).toHaveLength(500);
    expect(page.body.total_items).toBe(1500);
    expect((await call("GET", `${LIST}/members?count=1001`)).status).toBe(400);
    expect((await call("GET", `${LIST}/members?offset=9999`)).body).toMatchObject({
      members: [],
      total_items: 1500,
    });
  });
  it("shifts rows between two pages when somebody leaves, or is edited", async () => {
    sim.control.load(people(30));
    const first = rows(await call("GET", `${LIST}/members`)).map((r) => r.id);
    await call("PATCH", member("p0@example.test"), { merge_fields: { FNAME: "Ana" } });
    const second = rows(await call("GET", `${LIST}/members?offset=10`)).map((r) => r.id);
    expect(second).not.toContain(hashOf("p10@example.test"));
    expect(first).not.toContain(hashOf("p10@example.test"));
  });
  it("answers only the fields asked for; an exclusion needs the whole path", async () => {
    sim.control.load([{ email: "ana@example.test", merge: { FNAME: "Ana" } }]);
    const some = await call("GET", `${LIST}/members?fields=members.email_address,members.merge_fields.FNAME`);
    expect(some.body).toEqual({
      members: [{ email_address: "ana@example.test", merge_fields: { FNAME: "Ana" } }],
    });
    const without = await call("GET", `${LIST}/members?exclude_fields=email_address`);
    expect(rows(without)[0]).toHaveProperty("email_address");
  });
  it("shows at most 50 tags inline and counts on; archived only when asked for", async () => {
    sim.control.load([
      { email: "ana@example.test", tags: Array.from({ length: 60 }, (_, i) => `t${i}`) },
      { email: "gone@example.test", status: "archived" },
    ]);
    const [ana, none] = rows(await call("GET", `${LIST}/members`));
    expect(ana).toMatchObject({ tags_count: 60, timestamp_signup: "" });
    expect(ana?.tags).toHaveLength(50);
    expect(none).toBeUndefined();
    expect(rows(await call("GET", `${LIST}/members?status=archived`))).toHaveLength(1);
  });
  it("lists a segment's subscribed members, and others only when included; pending never", async () => {
    sim.control.load(
      (["subscribed", "unsubscribed", "cleaned", "pending", "transactional"] as const).map((status) => ({
        email: `${status}@example.test`,
        status,
        tags: ["VIP"],
      })),
    );
    const id = sim.control.segments()[0]?.id;
    expect((await call("GET", `${LIST}/segments/${id}/members`)).body.total_items).toBe(1);
    const all = "include_cleaned=true&include_transactional=true&include_unsubscribed=true";
    const page = await call("GET", `${LIST}/segments/${id}/members?${all}`);
    expect(rows(page).map((r) => r.status)).toEqual([
      "subscribed",
      "unsubscribed",
      "cleaned",
      "transactional",
    ]);
    expect(rows(page)[0]).not.toHaveProperty("tags");
  });
});

describe("writing a member", () => {
  it("needs a status to add, and knows who is there", async () => {
    const add = (body: object) => call("POST", `${LIST}/members`, body);
    expect((await add({ email_address: "a@example.test" })).status).toBe(400);
    expect(await add({ email_address: "a@example.test", status: "subscribed" })).toMatchObject({
      status: 200,
      body: { id: hashOf("a@example.test"), status: "subscribed" },
    });
    const again = await add({ email_address: "A@example.test", status: "subscribed" });
    expect(again).toMatchObject({ status: 400, body: { title: "Member Exists" } });
    expect(again.body).not.toHaveProperty("type");
    expect(again.headers.get("content-type")).toContain("application/problem+json");
  });
  it("puts without status_if_new where the member exists, and not where not", async () => {
    sim.control.load([{ email: "a@example.test", status: "transactional" }]);
    const put = (email: string, more = {}) => call("PUT", member(email), { email_address: email, ...more });
    expect(await put("a@example.test")).toMatchObject({ status: 200, body: { status: "transactional" } });
    expect((await put("b@example.test")).status).toBe(400);
    expect((await put("b@example.test", { status_if_new: "transactional" })).status).toBe(200);
  });
  it.each([
    ["unsubscribed", "person"],
    ["cleaned", "person"],
  ] as const)("does not subscribe who is %s", async (status, unsubscribedBy) => {
    sim.control.load([{ email: "a@example.test", status, unsubscribedBy }]);
    const reply = await call("PATCH", member("a@example.test"), { status: "subscribed" });
    expect(reply).toMatchObject({ status: 400, body: { title: "Member In Compliance State" } });
    expect(reply.body).not.toHaveProperty("type");
    expect(sim.control.journal()).toEqual([]);
  });
  it("subscribes who was unsubscribed by the API, and the journal shows it", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    await call("PATCH", member("a@example.test"), { status: "unsubscribed" });
    expect((await call("PATCH", member("a@example.test"), { status: "subscribed" })).status).toBe(200);
    expect(sim.control.journal().map((j) => [j.before?.status, j.after?.status])).toEqual([
      ["subscribed", "unsubscribed"],
      ["unsubscribed", "subscribed"],
    ]);
  });
  it("asks by mail where somebody becomes pending", async () => {
    sim.control.load([{ email: "a@example.test", status: "unsubscribed" }]);
    expect((await call("PATCH", member("a@example.test"), { status: "pending" })).status).toBe(200);
    expect(sim.control.sends()).toEqual({ confirmations: 1, automations: 0, journeys: 0 });
  });
  it("archives by DELETE, but not who is pending, cleaned or archived; adding again finds the old data", async () => {
    sim.control.load([
      { email: "a@example.test", merge: { FNAME: "Ana" }, tags: ["VIP"] },
      { email: "b@example.test", status: "pending" },
      { email: "c@example.test", status: "cleaned" },
    ]);
    const remove = async (email: string) => (await call("DELETE", member(email))).status;
    expect(await remove("a@example.test")).toBe(204);
    for (const email of ["a@example.test", "b@example.test", "c@example.test"])
      expect(await remove(email)).toBe(405);
    const back = await call("POST", `${LIST}/members`, {
      email_address: "a@example.test",
      status: "subscribed",
    });
    expect(back.body).toMatchObject({ tags_count: 1, full_name: "Ana" });
  });
  it("never takes an address back that was deleted for good", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    await call("POST", `${member("a@example.test")}/actions/delete-permanent`);
    const reply = await call("POST", `${LIST}/members`, {
      email_address: "a@example.test",
      status: "subscribed",
    });
    expect(reply).toMatchObject({ status: 400, body: { title: "Forgotten Email Not Subscribed" } });
  });
  it("refuses the whole member for one wrong merge field; a required one may be skipped", async () => {
    const id = sim.control.addList({
      name: "Strict",
      mergeFields: [
        { tag: "LTV", name: "LTV", type: "number", required: false },
        { tag: "CITY", name: "City", type: "text", required: true },
      ],
    });
    sim.control.load([{ email: "a@example.test" }], id);
    const path = `/lists/${id}/members/${hashOf("a@example.test")}`;
    expect(
      await call("PATCH", path, { merge_fields: { FNAME: "Ana", LTV: "AAAAA", CITY: "Porto" } }),
    ).toMatchObject({ status: 400, body: { errors: [{ field: "LTV", message: "Please enter a number" }] } });
    expect((await call("PATCH", path, { merge_fields: { FNAME: "Ana" } })).status).toBe(400);
    expect(
      (await call("PATCH", `${path}?skip_merge_validation=true`, { merge_fields: { FNAME: "Ana" } })).status,
    ).toBe(200);
  });
});

describe("tags and segments", () => {
  it("share one space of ids; a tag is made by its first use", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    const reply = await call("POST", `${member("a@example.test")}/tags`, {
      tags: [{ name: "VIP", status: "active" }],
    });
    expect(reply.status).toBe(204);
    const [segment] = rows(await call("GET", `${LIST}/segments`), "segments");
    expect(segment).toMatchObject({ name: "VIP", type: "static", member_count: 1 });
    expect(await call("GET", `${LIST}/tag-search?name=vi`)).toMatchObject({
      body: { tags: [{ id: segment?.id }] },
    });
  });
  it("start journeys, unless the call is a sync", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    sim.control.addJourney({ name: "Welcome", startsAtTag: "VIP" });
    const tag = (status: string, more = {}) =>
      call("POST", `${member("a@example.test")}/tags`, { tags: [{ name: "VIP", status }], ...more });
    await tag("active", { is_syncing: true });
    expect(sim.control.sends().journeys).toBe(0);
    await tag("inactive");
    await tag("active");
    expect(sim.control.sends().journeys).toBe(1);
  });
  it("tell addresses that are not on the list in errors[], with 200, and refuse more than 500", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    const id = sim.control.addSegment("Buyers");
    const reply = await call("POST", `${LIST}/segments/${id}`, {
      members_to_add: ["a@example.test", "nobody@example.test"],
    });
    expect(reply).toMatchObject({
      status: 200,
      body: { total_added: 1, error_count: 1, errors: [{ email_addresses: ["nobody@example.test"] }] },
    });
    const many = Array.from({ length: 501 }, (_, i) => `x${i}@example.test`);
    expect((await call("POST", `${LIST}/segments/${id}`, { members_to_add: many })).status).toBe(400);
  });
  it("compute a saved segment, and let nobody write to it", async () => {
    sim.control.load([{ email: "a@example.test", merge: { LNAME: "Reis" } }, { email: "b@example.test" }]);
    const id = sim.control.addSegment("Reis", {
      match: "all",
      conditions: [{ condition_type: "TextMerge", field: "LNAME", op: "is", value: "reis" }],
    });
    expect((await call("GET", `${LIST}/segments/${id}/members`)).body.total_items).toBe(1);
    expect(
      (await call("POST", `${LIST}/segments/${id}`, { members_to_add: ["b@example.test"] })).status,
    ).toBe(400);
  });
});
