import { describe, expect, it } from "vitest";
import type { PostgresSystem, SecretRef } from "../../core/config.ts";
import { audienceId, personKey, type SegmentSource, systemId } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { Op } from "../../core/repair.ts";
import { asMember } from "../../systems/ghost/wire.ts";
import { bearsConsent, loosens } from "./consent-fields.ts";
import { ghostWriter } from "./ghost.ts";
import { editOf } from "./ghost-edit.ts";
import { type GhostIntent, judge } from "./ghost-judge.ts";
import { POSTGRES_NAMES, postgresWriter } from "./postgres.ts";
import { batches } from "./sql.ts";
import { refusal } from "./sql-batch.ts";
import { kindOf, targetsOf } from "./sql-targets.ts";

const change = (op: Op, more: Partial<OpenChange> = {}): OpenChange => ({
  n: 0,
  system: systemId("s"),
  audience: audienceId("a"),
  person: personKey("0".repeat(32)),
  op,
  attribute: null,
  before: { inSegment: false, value: null, version: null },
  rule: "",
  reversible: true,
  evidence: null,
  sealed: "",
  identifiers: { email: "a@x.test" },
  value: null,
  ...more,
});

describe("Ghost: what a change may mean", () => {
  const ATTRIBUTES = {
    name: "name",
    note: "note",
    plan: "label:plan-*",
    news: "newsletters",
    sub: "subscribed",
    blocked: "email_suppression.suppressed",
    paid: "comped",
    tier: "tiers",
    optin: "label:opt-in-*",
    where: "geolocation",
    any: "label:*",
    mail: "email",
    status: "status",
  };
  it.each<[string, Op, SegmentSource, unknown]>([
    ["add a label", "add", { label: "VIP" }, { kind: "label_on", label: "VIP" }],
    ["remove a label", "remove", { label: "VIP" }, { kind: "label_off", label: "VIP" }],
    ["suppress anywhere", "suppress", { all: true }, { kind: "no_newsletters" }],
    ["add to a newsletter", "add", { newsletter: "N" }, { status: "refused", consent: true }],
    ["add to the suppressed", "add", { suppressed: true }, { status: "refused", consent: false }],
    ["add to everyone", "add", { all: true }, { status: "refused" }],
    ["remove from a newsletter", "remove", { newsletter: "N" }, { status: "refused" }],
    ["remove from the suppressed", "remove", { suppressed: true }, { status: "refused", consent: true }],
    ["remove from everyone", "remove", { all: true }, { status: "refused" }],
  ])("%s", (_, op, source, expected) =>
    expect(judge(change(op), source, ATTRIBUTES)).toMatchObject(expected as object),
  );

  it.each([
    ["name", "Ana", { kind: "text", field: "name" }],
    ["note", null, { kind: "text", field: "note", value: null }],
    ["plan", "pro", { kind: "prefix", prefix: "plan-", value: "pro" }],
    ["plan", "a,b", { status: "failed" }],
    ["plan", " pro", { status: "failed" }],
    ["name", "x".repeat(192), { status: "failed" }],
    ["news", "x", { status: "refused", consent: true }],
    ["sub", "true", { status: "refused", consent: true }],
    ["blocked", "false", { status: "refused", consent: true }],
    ["paid", "true", { status: "refused", consent: true }],
    ["tier", "x", { status: "refused", consent: true }],
    ["optin", "yes", { status: "refused", consent: true }],
    ["mail", "b@x.test", { status: "refused", consent: true }],
    ["status", "paid", { status: "refused", consent: true }],
    ["where", "x", { status: "refused" }],
    ["any", "x", { status: "refused" }],
    ["unmapped", "x", { status: "failed" }],
    ["constructor", "x", { status: "failed" }],
  ])("set %s to %j", (attribute, value, expected) => {
    expect(judge(change("set", { attribute, value }), { label: "VIP" }, ATTRIBUTES)).toMatchObject(expected);
  });
});

describe("Ghost: the edit", () => {
  const labels = ["VIP", "plan-pro", "Other"].map((name, i) => ({
    id: String(i),
    name,
    slug: name.toLowerCase(),
  }));
  const m = asMember(
    { id: "1", email: "a@x.test", name: "Ana", note: null, labels, newsletters: [{ id: "n", name: "N" }] },
    "ghost",
  );
  const edit = (intent: GhostIntent) => editOf(m, intent, { name: "New", slug: "new" });
  it("keeps all other labels", () => {
    expect(edit({ kind: "label_on", label: "New" })).toEqual({
      labels: [...labels.map(({ name, slug }) => ({ name, slug })), { name: "New", slug: "new" }],
    });
    expect(edit({ kind: "label_off", label: "vip" })).toEqual({
      labels: [
        { name: "plan-pro", slug: "plan-pro" },
        { name: "Other", slug: "other" },
      ],
    });
    expect(edit({ kind: "prefix", prefix: "plan-", value: "free" })).toEqual({
      labels: [{ name: "VIP", slug: "vip" }, { name: "Other", slug: "other" }, { name: "plan-free" }],
    });
  });
  it("is nothing when the member is so already", () => {
    for (const intent of [
      { kind: "label_on", label: "VIP" },
      { kind: "label_off", label: "Gone" },
      { kind: "prefix", prefix: "plan-", value: "pro" },
      { kind: "text", field: "note", value: null },
      { kind: "text", field: "name", value: "Ana" },
    ] as const) {
      expect(edit(intent)).toBeNull();
    }
  });
  it("only ever empties the newsletters", () =>
    expect(edit({ kind: "no_newsletters" })).toEqual({ newsletters: [] }));
});

describe("consent by effect", () => {
  it.each([
    ["mailable", "true", true],
    ["subscribed", "1", true],
    ["marketing_consent", "granted", true],
    ["do_not_contact", "false", true],
    ["unsubscribed", "0", true],
    ["opt_out", "no", true],
    ["status", "subscribed", true],
    ["mailable", "false", false],
    ["do_not_contact", "true", false],
    ["unsubscribed", "t", false],
    ["consent", "unsubscribed", false],
    ["status", "unsubscribed", false],
    ["suppressed", "yes", false],
  ])("%s = %s loosens: %s", (column, value, expected) => expect(loosens(column, value)).toBe(expected));
  it("knows fields that bear consent", () => {
    for (const f of [
      "consent",
      "marketing_opt_in",
      "unsubscribed_at",
      "do_not_contact",
      "Newsletter",
      "is_mailable",
      "gdpr",
    ])
      expect(bearsConsent(f)).toBe(true);
    for (const f of ["plan", "country", "first_name", "score"]) expect(bearsConsent(f)).toBe(false);
  });
});

const ref = (s: string) => s as SecretRef;
const system = (write: PostgresSystem["write"]): PostgresSystem => ({
  id: systemId("w"),
  title: "W",
  kind: "postgres",
  sends: false,
  dsn: ref("r"),
  base: null,
  statementTimeoutSeconds: 5,
  attributes: {},
  write,
});
const dsn = ref("w");

describe("Postgres: what may be configured", () => {
  const make = (write: PostgresSystem["write"]) => () => postgresWriter(system(write), { secret: () => "" });
  it.each<[string, PostgresSystem["write"], RegExp]>([
    ["no write at all", null, /no write: is set/],
    [
      "a membership table that holds the people",
      {
        dsn,
        membership: { table: "people", key: "email" },
        attributes: { table: "People", key: "email", columns: {} },
      },
      /would delete them/,
    ],
    [
      "a suppress that lets people be contacted",
      { dsn, suppress: { table: "people", key: "email", column: "mailable", value: "true" } },
      /let people be contacted/,
    ],
    [
      "SQL for a table",
      { dsn, membership: { table: "lists; drop table x", key: "email" } },
      /not the name of a table/,
    ],
    [
      "SQL for a column",
      { dsn, suppress: { table: "people", key: "email = email or 1", column: "c", value: "x" } },
      /not the name of a column/,
    ],
  ])("refuses %s", (_, write, words) => expect(make(write)).toThrow(words));

  const targets = targetsOf(
    system({
      dsn,
      membership: { table: "lists", key: "email" },
      suppress: { table: "people", key: "email", column: "state", value: "unsubscribed" },
      attributes: {
        table: "people",
        key: "email",
        columns: { plan: "plan", key: "email", state: "state", opt: "marketing_opt_in" },
      },
    }),
    POSTGRES_NAMES,
  );
  it.each([
    ["plan", null],
    ["key", { consent: false }],
    ["state", { consent: true }],
    ["opt", { consent: true }],
    ["other", { consent: false }],
    ["__proto__", { consent: false }],
  ])("set %s", (attribute, expected) => {
    const r = refusal(change("set", { attribute }), targets, POSTGRES_NAMES);
    if (expected === null) expect(r).toBeNull();
    else expect(r).toMatchObject({ status: "refused", ...expected });
  });
  it("refuses what it has no table for", () => {
    const none = { membership: null, attributes: null, suppress: null };
    for (const op of ["add", "remove", "set", "suppress"] as const)
      expect(refusal(change(op), none, POSTGRES_NAMES)).toMatchObject({ status: "refused" });
  });
  it("tells the identifier from the key's name", () => {
    expect(
      ["email", "Email_Address", "phone_number", "customer_id", "id", "user_id", "address"].map(kindOf),
    ).toEqual(["email", "email", "phone", "customer_id", "customer_id", "customer_id", "email"]);
  });
});

it("groups changes of one op, attribute and audience, in order, a hundred at most", () => {
  const changes = [
    ...Array.from({ length: 150 }, () => change("suppress")),
    change("add"),
    change("add", { audience: audienceId("b") }),
    change("set", { attribute: "x" }),
    change("set", { attribute: "y" }),
  ];
  expect(batches(changes).map((b) => b.length)).toEqual([100, 50, 1, 1, 1, 1]);
  expect(batches(changes).flat()).toEqual(changes);
});

it("a Ghost without a write key has no writer", () => {
  expect(() =>
    ghostWriter(
      {
        id: systemId("g"),
        title: "G",
        kind: "ghost",
        limitShare: 1,
        privateNetwork: false,
        sends: true,
        url: "http://127.0.0.1",
        key: ref("k"),
        writeKey: null,
        attributes: {},
      },
      { secret: () => "" },
    ),
  ).toThrow(/no write_key/);
});
