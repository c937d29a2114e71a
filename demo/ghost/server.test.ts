import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Call, emails, filter, ghostCall, token } from "../../test/e2e/ghost-call.ts";
import { memberJson, memberText } from "./serialise.ts";
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

describe("authorization", () => {
  test.each([
    ["no header", () => "", 403, "Authorization failed"],
    [
      "another scheme",
      () => "Bearer x",
      401,
      'Authorization header format is "Authorization: Ghost [token]"',
    ],
    ["an unknown key", () => `Ghost ${token("0123456789abcdef01234567:00")}`, 401, "Unknown Admin API Key"],
    [
      "a wrong secret",
      () => `Ghost ${token(`${sim.key.split(":")[0]}:00ff`)}`,
      401,
      "Invalid token: invalid signature",
    ],
    [
      "another audience",
      () => `Ghost ${token(sim.key, { aud: "/nope/" })}`,
      401,
      "Invalid token: jwt audience invalid. expected: /\\/?admin\\/?$/",
    ],
    [
      "an old token",
      () => `Ghost ${token(sim.key, { iat: Math.floor(Date.now() / 1000) - 400 })}`,
      401,
      "Invalid token: maxAge exceeded",
    ],
    ["an expired token", () => `Ghost ${token(sim.key, { exp: 1 })}`, 401, "Invalid token: jwt expired"],
    [
      "a token without kid",
      () => `Ghost ${token(sim.key, {}, { kid: undefined })}`,
      400,
      "Admin API kid missing.",
    ],
  ])("refuses %s", async (_, auth, status, message) => {
    const reply = await call("GET", "/members/", undefined, auth());
    expect([reply.status, reply.body.errors[0].message]).toEqual([status, message]);
  });
});

describe("members", () => {
  test("created without newsletters is subscribed, with an empty list is not", async () => {
    const a = await call("POST", "/members/", { members: [{ email: "a@example.test" }] });
    const b = await call("POST", "/members/", { members: [{ email: "b@example.test", newsletters: [] }] });
    expect([a.status, a.body.members[0].subscribed, b.body.members[0].subscribed]).toEqual([
      201,
      true,
      false,
    ]);
  });

  test("labels are replaced whole, matched whatever the case, and leave updated_at alone", async () => {
    const {
      members: [m],
    } = (await call("POST", "/members/", { members: [{ email: "a@example.test", labels: ["Pro", "Old"] }] }))
      .body;
    const put = await call("PUT", `/members/${m.id}/`, {
      members: [{ labels: [{ name: "pro" }, { name: "New" }] }],
    });
    expect(put.body.members[0].labels.map((l: { name: string }) => l.name)).toEqual(["Pro", "New"]);
    expect(put.body.members[0].updated_at).toBe(m.updated_at);
    expect(
      (await call("PUT", `/members/${m.id}/`, { members: [{ labels: [{ slug: "pro" }] }] })).status,
    ).toBe(500);
  });

  test("an address exists once, as it is written", async () => {
    await call("POST", "/members/", { members: [{ email: "Ann@example.test" }] });
    const again = await call("POST", "/members/", { members: [{ email: "Ann@example.test" }] });
    expect([again.status, again.body.errors[0].type, again.body.errors[0].property]).toEqual([
      422,
      "ValidationError",
      "email",
    ]);
    expect((await call("POST", "/members/", { members: [{ email: "ann@example.test" }] })).status).toBe(201);
  });

  test("suppressed people stay subscribed and answer to email_disabled", async () => {
    sim.control.load([{ email: "a@example.test" }, { email: "b@example.test" }]);
    sim.control.suppress("a@example.test", "bounce");
    const reply = await call("GET", `/members/?${filter("email_disabled:1+subscribed:true")}`);
    expect(reply.body.members[0]).toMatchObject({
      email: "a@example.test",
      subscribed: true,
      email_suppression: { suppressed: true, info: { reason: "fail" } },
    });
    expect(reply.body.meta.pagination.total).toBe(1);
  });

  test("pages cap at 100 and a page beyond the end still tells a next one", async () => {
    sim.control.load(Array.from({ length: 205 }, (_, i) => ({ email: `p${i}@example.test` })));
    const pages = await Promise.all(
      [1, 2, 3, 99].map((p) => call("GET", `/members/?limit=1000&order=id%20asc&page=${p}`)),
    );
    expect(pages.map((p) => p.body.members.length)).toEqual([100, 100, 5, 0]);
    expect(pages.map((p) => p.body.meta.pagination.next)).toEqual([2, 3, null, 100]);
    expect(new Set(pages.flatMap(emails)).size).toBe(205);
  });

  test.each([
    ["label:pro", "a c"],
    ["label:-pro", "b"],
    ["label:pro+subscribed:false", "c"],
    ["label:pro,email:'b@example.test'", "a b c"],
    ["(label:pro,email:'b@example.test')+subscribed:true", "a b"],
    ["newsletters:default-newsletter", "a b"],
    ["label:pro+id:>'000000000000000000000000'", "a c"],
    ["email:['a@example.test','c@example.test']", "a c"],
    ["name:~'o\\'b'", "a"],
  ])("filter %s", async (f, expected) => {
    sim.control.load([
      { email: "a@example.test", labels: ["Pro"], name: "O'Brien" },
      { email: "b@example.test" },
      { email: "c@example.test", labels: ["Pro"], newsletters: [] },
    ]);
    const reply = await call("GET", `/members/?order=id%20asc&${filter(f)}`);
    expect(
      emails(reply)
        .map((e) => e[0])
        .join(" "),
    ).toBe(expected);
  });

  test("a broken filter and an unknown field are told apart", async () => {
    const broken = await call("GET", `/members/?${filter("label:'")}`);
    const unknown = await call("GET", `/members/?${filter("nosuch:1")}`);
    expect([broken.status, broken.body.errors[0].context]).toEqual([400, "Error parsing filter"]);
    expect([unknown.status, unknown.body.errors[0].code]).toEqual([400, "SQLITE_ERROR"]);
  });
});

test("the journal holds each mutation with its effect, and nothing that was loaded", async () => {
  const start = sim.control.journal().length;
  sim.control.load([{ email: "a@example.test", labels: ["Pro"] }]);
  const id = sim.control.find("a@example.test")?.id;
  await call("PUT", `/members/${id}/`, { members: [{ newsletters: [] }] });
  await call("PUT", `/members/${id}/`, { members: [{ newsletters: [] }] });
  const text = await (await fetch(`${sim.controlUrl}journal?since=${start}`)).text();
  const entries = text
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l));
  expect(entries.map((e) => [e.op, e.effective])).toEqual([
    ["edit", true],
    ["edit", false],
  ]);
  expect(entries[0]).toMatchObject({
    before: { newsletters: ["default-newsletter"] },
    after: { newsletters: [], labels: ["Pro"] },
  });
});

test("the quick way of writing a member says the same as the slow one", () => {
  sim.control.load([
    { email: 'q"\\@example.test', name: "<b>\u202e", labels: ["A", "B"], suppressed: "spam" },
    { email: "r@example.test", note: "n", newsletters: [] },
  ]);
  for (const m of sim.control.members()) {
    const suppression = m.emailDisabled ? ({ reason: "spam", at: m.createdAt } as const) : undefined;
    const view = {
      siteUrl: sim.url,
      suppression: () => suppression,
      single: false,
      include: new Set<string>(),
      fields: null,
    };
    expect(memberText(m, sim.url, suppression)).toBe(JSON.stringify(memberJson(m, view)));
  }
});

test("walking by id gives everybody once, with the total of what is left", async () => {
  sim.control.load(
    Array.from({ length: 230 }, (_, i) => ({
      email: `p${i}@example.test`,
      ...(i % 2 ? { labels: ["Odd"] } : {}),
    })),
  );
  const seen: string[] = [];
  const totals: (number | null)[] = [];
  for (let after = "0".repeat(24); ; ) {
    const { body } = await call(
      "GET",
      `/members/?limit=50&order=id%20asc&${filter(`label:odd+id:>'${after}'`)}`,
    );
    totals.push(body.meta.pagination.total);
    seen.push(...body.members.map((m: { id: string }) => m.id));
    if (body.members.length === 0) break;
    after = seen.at(-1) ?? "";
  }
  expect(totals).toEqual([115, 65, 15, 0]);
  expect(new Set(seen).size).toBe(115);
});
