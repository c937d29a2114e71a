import { expect, test } from "vitest";
import type { Standing } from "../systems/mailman/member.ts";
import type { MailmanMember } from "../systems/mailman/wire.ts";
import type { ListReading } from "./mailman-list.ts";
import { gather, membershipRow, personRow, type Someone } from "./mailman-row.ts";

const config = { attributes: {} };
const member: MailmanMember = {
  id: "m1",
  email: "a@example.test",
  listId: null,
  displayName: null,
  deliveryMode: null,
  asUser: false,
  userId: null,
};
const reading = (list: string, standing: Standing | null): ListReading => ({
  list: { id: list, address: list.replace(".", "@"), members: 1 },
  members: [member],
  standing: new Map(standing === null ? [] : [[member.id, standing]]),
  bans: new Set(),
  patterns: 0,
  declared: 1,
  complete: true,
  because: "",
  fields: {},
});
const membership = (s: Standing | null) =>
  membershipRow(config, reading("news.example.test", s), member, [0]);
const record = { channel: "email", scope: "list", scopeId: "news.example.test", at: null };

test.each([
  [{ delivery: "enabled", banned: false }, "subscribed", "enabled"],
  [{ delivery: "by_bounces", banned: false }, "subscribed", "by_bounces"],
  [{ delivery: "by_user", banned: false }, "unsubscribed", "by_user"],
  [{ delivery: "enabled", banned: true }, "unsubscribed", "banned"],
] as const)("%j is a record of that list: %s", (standing, state, method) =>
  expect(membership(standing).consents).toEqual([{ ...record, state, method }]),
);

test("what is not known is left out", () => {
  expect(membership({ delivery: "unknown", banned: false })).not.toHaveProperty("consents");
  expect(membership(null)).not.toHaveProperty("consents");
});

test("a person has one record a list that tells", () => {
  const people = new Map<string, Someone>();
  gather(people, reading("news.example.test", { delivery: "by_user", banned: false }));
  gather(people, reading("team.example.test", { delivery: "enabled", banned: false }));
  gather(people, reading("odd.example.test", { delivery: "unknown", banned: false }));
  const [person] = [...people.values()];
  expect(person && personRow(config, person, [0]).consents).toMatchObject([
    { scopeId: "news.example.test", state: "unsubscribed" },
    { scopeId: "team.example.test", state: "subscribed" },
  ]);
});
