import { describe, expect, test } from "vitest";
import { loadConfig } from "./load.ts";
import { formatProblem } from "./problem.ts";

const GOOD = `company: Test
systems:
  - id: shop
    kind: rest
    url: https://api.shop.example/v2/
    auth: { kind: bearer, token: "\${env:SHOP_KEY}" }
    record: { id: id, email: email, consent: [{ path: status, words: { subscribed: [active, true] } }] }
    attributes: { plan: custom.plan }
    read:
      list:
        get: /lists/{{list}}/contacts
        records: data
        paging: { kind: cursor, cursor: next, send: after }
    write:
      auth: { kind: basic, user: bot, password: "\${env:SHOP_WRITE}" }
      find: { get: /contacts, query: { email: "{{email}}" }, records: data }
      in_segment: { path: "lists[].id" }
      suppress: { post: "/contacts/{{id}}/stop" }
      remove: { delete: "/lists/{{list}}/contacts/{{id}}" }
      set: { put: "/contacts/{{id}}", body: { "{{field}}": "{{value}}" }, fields: { plan: plan } }
      add: { post: "/lists/{{list}}/contacts", body: { ids: "{{ids}}" }, batch: 10, subscribes: false, evidence: "https://docs, read today" }
attributes: [{ name: plan }]
audiences:
  - { id: vip, purpose: lifecycle, owner: shop, segments: [{ system: shop, list: "42" }] }
`;
const said = (from: string, to: string): string[] => {
  expect(GOOD).toContain(from);
  const result = loadConfig(GOOD.replace(from, to), { file: "p.yaml" });
  return result.ok ? [] : result.problems.map(formatProblem);
};

describe("a rest system in the configuration", () => {
  test("arrives with its defaults", () => {
    const result = loadConfig(GOOD, { file: "p.yaml" });
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
    const [system] = result.config.systems;
    expect(system).toMatchObject({
      kind: "rest",
      url: "https://api.shop.example/v2",
      sends: false,
      limitShare: 0.3,
      auth: { kind: "header", header: "authorization", prefix: "Bearer " },
      record: { consent: [{ words: { active: "subscribed", true: "subscribed" }, set: null, empty: null }] },
      read: { list: { call: { verb: "GET" }, paging: { absentMeansEnd: false }, lookup: null } },
      limits: { requests: 2, perSeconds: 1, concurrency: 1, perDay: null },
      write: {
        auth: { kind: "basic", user: { plain: "bot" } },
        remove: { call: { verb: "DELETE" } },
        add: { batch: 10, subscribes: false },
        settleSeconds: 0,
      },
    });
  });

  test.each([
    [
      "a path that is none",
      "records: data\n        paging",
      "records: data[\n        paging",
      /p\.yaml:12:18 not a JMESPath/,
    ],
    [
      "a function that does not exist",
      "cursor: next",
      "cursor: last(data)",
      /not a JMESPath: there is no function last\(\)/,
    ],
    [
      "a name without value",
      "/lists/{{list}}/contacts\n",
      "/lists/{{liste}}/contacts\n",
      /\{\{liste\}\} has no value here → did you mean list\?|\{\{liste\}\} has no value/,
    ],
    [
      "a list that is not named",
      "/lists/{{list}}/contacts\n",
      "/contacts\n",
      /every list would be read alike/,
    ],
    [
      "two verbs",
      "get: /lists/{{list}}/contacts\n",
      "get: /lists/{{list}}/contacts\n        post: /x\n",
      /the call is given twice: get and post/,
    ],
    [
      "a body with a GET",
      "records: data\n        paging",
      "body: { a: 1 }\n        records: data\n        paging",
      /a GET has no body/,
    ],
    [
      "an unknown kind of sign-in",
      "kind: bearer, token",
      "kind: barer, token",
      /auth: this kind is not known → did you mean bearer\?|systems\[0\]\.auth: this kind is not known/,
    ],
    ["a key in plain text", '"${env:SHOP_KEY}"', "abc", /a secret stands here in plain text/],
    [
      "a word with two meanings",
      "subscribed: [active, true]",
      "subscribed: [active], unsubscribed: [Active]",
      /the word “active” means two things/,
    ],
    ["no identifier", "id: id, email: email,", "id: id,", /the records of shop have no identifier/],
    ["an add that may subscribe", "subscribes: false", "subscribes: true", /subscribes must be false/],
    ["an add without evidence", ', evidence: "https://docs, read today"', "", /lacks “evidence”/],
    [
      "a delete of a person",
      'delete: "/lists/{{list}}/contacts/{{id}}"',
      'delete: "/contacts/{{id}}"',
      /could delete the person/,
    ],
    ["a delete in another call", 'suppress: { post: "', 'suppress: { delete: "', /unknown key “delete”/],
    [
      "a suppress that cannot be proven",
      ", consent: [{ path: status, words: { subscribed: [active, true] } }]",
      "",
      /nothing in record could show that a person is suppressed/,
    ],
    [
      "a membership that cannot be proven",
      '      in_segment: { path: "lists[].id" }\n',
      "",
      /nothing tells whether somebody is in the segment/,
    ],
    [
      "a batch that names one",
      'body: { ids: "{{ids}}" }',
      'body: { id: "{{id}}" }',
      /\{\{id\}\} has no value here/,
    ],
    ["a look-up that names nobody", '"{{email}}"', '"x"', /the look-up does not say whom/],
    [
      "a set of an unknown attribute",
      "fields: { plan: plan }",
      "fields: { plam: plan }",
      /has no attribute “plam”/,
    ],
    ["a segment without a read", 'list: "42"', "tag: vip", /shop does not say how to read tag/],
    ["a cursor nowhere", "cursor: next, ", "", /a cursor stands in one place/],
    [
      "a sign-in header",
      "    record:",
      "    headers: { Authorization: x }\n    record:",
      /Authorization cannot be a fixed header/,
    ],
    [
      "a query in a path",
      'post: "/contacts/{{id}}/stop"',
      'post: "/contacts/{{id}}?stop=1"',
      /is not well formed/,
    ],
  ])("refuses %s", (_, from, to, words) => {
    const problems = said(from, to);
    expect(problems.join("\n")).toMatch(words);
    expect(problems.every((p) => /→/.test(p))).toBe(true);
  });

  test("lists read by POST page by their body", () => {
    expect(
      said(
        "get: /lists/{{list}}/contacts\n        records: data\n        paging: { kind: cursor, cursor: next, send: after }",
        "post: /lists/{{list}}/contacts\n        records: data\n        paging: { kind: link_header }",
      ).join("\n"),
    ).toMatch(/a list read by POST pages by its body/);
  });
});
