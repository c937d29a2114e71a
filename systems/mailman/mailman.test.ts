import { describe, expect, it } from "vitest";
import { consentOf, consentOfAll, mailableOf, type Standing } from "./member.ts";
import { walk } from "./walk.ts";
import { asMember, DELIVERY, deliveryOf, pageOf } from "./wire.ts";

type Item = { readonly id: string };
/** A list that `change` may alter before each request. */
function paged(items: string[], change: (request: number) => void = () => undefined) {
  let requests = 0;
  return async (page: number, count: number) => {
    change(++requests);
    const shown = items.slice((page - 1) * count, page * count).map((id): Item => ({ id }));
    return { items: shown, total: items.length, raw: [] };
  };
}
const names = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i).padStart(3, "0"));
const read = async (fetch: ReturnType<typeof paged>) => (await walk(fetch, 10)).items.map((i) => i.id);

describe("a walk over pages by position", () => {
  it.each([0, 1, 9, 10, 11, 20, 25])("reads %i", async (n) => {
    expect(await read(paged(names(n)))).toEqual(names(n));
  });
  it("misses nobody who stays, whoever leaves or comes at any moment", async () => {
    for (let at = 1; at <= 8; at++) {
      for (const leaves of ["000", "005", "009", "010", "019", "024"]) {
        const list = names(25);
        const found = await read(
          paged(list, (request) => {
            if (request !== at) return;
            list.splice(list.indexOf(leaves), 1);
            list.unshift("!came");
            list.splice(1, 2);
          }),
        );
        const stayed = names(25).filter((n) => list.includes(n));
        expect([at, leaves, stayed.filter((n) => !found.includes(n))]).toEqual([at, leaves, []]);
        expect(new Set(found).size).toBe(found.length);
      }
    }
  });
  it("ends, and says less than the total, where a page never shows what it should", async () => {
    const list = names(25);
    const honest = paged(list);
    const walked = await walk((page, count) => honest(page === 2 && count === 10 ? 1 : page, count), 10);
    expect([walked.items.length, walked.total]).toEqual([15, 25]);
  });
});

describe("what delivery and bans say of consent", () => {
  const is = (delivery: Standing["delivery"], banned = false): Standing => ({ delivery, banned });
  it.each([
    ["enabled", false, "subscribed", true],
    ["enabled", true, "unsubscribed", true],
    ["by_user", false, "unsubscribed", false],
    ["by_moderator", false, "unsubscribed", false],
    ["by_bounces", false, "subscribed", false],
    ["unknown", false, "unknown", false],
    ["unknown", true, "unsubscribed", false],
  ] as const)("%s, banned %s: %s, mailable %s", (delivery, banned, consent, mailable) => {
    expect([consentOf(is(delivery, banned)), mailableOf(is(delivery, banned))]).toEqual([consent, mailable]);
  });
  it("counts a person as subscribed only where a list may reach them", () => {
    expect(consentOfAll([is("by_user"), is("enabled")])).toBe("subscribed");
    expect(consentOfAll([is("by_user"), is("by_bounces")])).toBe("unsubscribed");
    expect(consentOfAll([is("enabled", true), is("unknown")])).toBe("unsubscribed");
    expect(consentOfAll([is("unknown")])).toBe("unknown");
    expect(consentOfAll([])).toBe("unknown");
  });
  it("knows every delivery of Mailman's, and takes no other for enabled", () => {
    for (const delivery_status of DELIVERY)
      expect(deliveryOf({ delivery_status }, "w")).toBe(delivery_status);
    for (const body of [{}, null, { delivery_status: "on" }])
      expect(() => deliveryOf(body, "w")).toThrow(/no delivery_status/);
  });
});

describe("answers", () => {
  it("reads a page without entries as empty, and none without a total", () => {
    expect(pageOf({ start: 0, total_size: 0 }, "w", asMember)).toMatchObject({ items: [], total: 0 });
    for (const body of [null, [], {}, { total_size: "3" }, { total_size: 1, entries: [1] }])
      expect(() => pageOf(body, "w", asMember)).toThrow(expect.objectContaining({ kind: "bad_data" }));
  });
  it("refuses a member without an address, and tells an empty name from none", () => {
    const member = { member_id: "1", email: "Ana@example.test", display_name: "" };
    expect(asMember(member, "w")).toMatchObject({ email: "ana@example.test", displayName: null });
    expect(asMember({ member_id: "1", email: "a@x.test" }, "w").displayName).toBeUndefined();
    expect(() => asMember({ member_id: "1" }, "w")).toThrow(/no email/);
  });
});
