import { expect, test } from "vitest";
import { CREATED_NOTE } from "../systems/ghost/member.ts";
import type { GhostMember } from "../systems/ghost/wire.ts";
import { ghostRow } from "./ghost-row.ts";

const NEWS = { id: "n1", name: "News", slug: "news", active: true };
const row = (more: Partial<GhostMember>, optedOut = false) => {
  const m: GhostMember = {
    id: "m1",
    email: "a@example.test",
    labels: [],
    newsletters: [],
    suppression: null,
    note: null,
    updatedAt: null,
    raw: {},
    ...more,
  };
  return ghostRow(m, optedOut, [], [0]);
};
const record = { channel: "email", at: null, method: null };
const yes = { ...record, scope: "topic", scopeId: "n1", state: "subscribed" };
const no = { ...record, scope: "global", scopeId: null, state: "unsubscribed" };

test("every newsletter is a yes to that topic, an archived one too", () => {
  const { consents } = row({ newsletters: [NEWS, { ...NEWS, id: "n2", active: false }] });
  expect(consents).toEqual([yes, { ...yes, scopeId: "n2" }]);
});

test("a complaint holds for all mail since its time, whatever newsletters say", () => {
  const suppression = { reason: "spam", at: "2026-03-02T01:02:03Z" };
  expect(row({ newsletters: [NEWS], suppression }).consents).toEqual([
    { ...no, state: "complained", at: "2026-03-02T01:02:03.000Z", method: "spam" },
    yes,
  ]);
});

test("a bounce is no word of the person", () => {
  const suppression = { reason: "fail", at: "2026-03-02T01:02:03Z" };
  expect(row({ newsletters: [NEWS], suppression })).toMatchObject({ bounced: true, consents: [yes] });
});

test("no newsletter is a no, but not of somebody whom Plumbline made and nobody asked", () => {
  expect(row({}).consents).toEqual([no]);
  expect(row({ note: CREATED_NOTE })).not.toHaveProperty("consents");
  expect(row({ note: CREATED_NOTE }, true).consents).toEqual([no]);
});
