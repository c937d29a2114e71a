import { beforeEach, describe, expect, test } from "vitest";
import type { Instant } from "../../core/model.ts";
import type { NoticeStore } from "../../core/ports.ts";

const at = (time: string): Instant => `2026-11-23T${time}:00.000Z` as Instant;

/**
 * The rules every NoticeStore keeps.
 *
 * @param make an empty store and the ids of two incidents that it knows; called before each test
 */
export function noticeStoreContract(
  name: string,
  make: () => Promise<{ store: NoticeStore; incidents: readonly [number, number] }>,
): void {
  describe(`NoticeStore contract: ${name}`, () => {
    let store: NoticeStore;
    let one: number;
    let two: number;
    beforeEach(async () => {
      const made = await make();
      store = made.store;
      [one, two] = made.incidents;
    });

    test("one root message per incident; an older one never replaces a newer one", async () => {
      expect(await store.slackMessage(one)).toBeNull();
      const newer = { channel: "C1", ts: "171.5", generation: 2, version: 4 };
      await store.saveSlackMessage(one, { channel: "C1", ts: "170.1", generation: 1, version: 9 });
      await store.saveSlackMessage(one, newer);
      await store.saveSlackMessage(one, { channel: "C1", ts: "170.1", generation: 1, version: 10 });
      await store.saveSlackMessage(one, { ...newer, version: 3 });
      expect(await store.slackMessage(one)).toEqual(newer);
      expect(await store.slackMessage(two)).toBeNull();
    });

    test("roots posted since a moment are counted, that moment included", async () => {
      await store.markPosted(one, at("06:00"));
      await store.markPosted(one, at("06:05"));
      await store.markPosted(two, at("06:10"));
      expect([
        await store.postedSince(at("06:05")),
        await store.postedSince(at("06:11")),
        await store.postedSince(at("05:00")),
      ]).toEqual([2, 0, 3]);
    });

    test("a report is claimed once per recipient and week, and again after it was given back", async () => {
      const claims = await Promise.all(
        Array.from({ length: 10 }, () => store.claimReport("Ana@Example.com ", "2026-W47", at("06:00"))),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await store.claimReport("ana@example.com", "2026-W47", at("06:00"))).toBe(false);
      expect(await store.claimReport("ana@example.com", "2026-W48", at("06:00"))).toBe(true);
      expect(await store.claimReport("ben@example.com", "2026-W47", at("06:00"))).toBe(true);
      await store.releaseReport("ana@example.com", "2026-W47");
      expect(await store.claimReport("ana@example.com", "2026-W47", at("06:00"))).toBe(true);
    });

    test("what failed waits, oldest first, until it is through", async () => {
      await store.enqueue(two, "slack", at("06:00"));
      await store.enqueue(one, "slack", at("06:01"));
      const [first, second] = await store.outbox();
      expect(first).toMatchObject({ incidentId: two, kind: "slack", attempts: 0 });
      await store.failed(first!.id, "ratelimited");
      await store.failed(first!.id, "ratelimited");
      await store.done(second!.id);
      expect(await store.outbox()).toEqual([{ ...first, attempts: 2 }]);
    });

    test("what is enqueued while another notice goes out is not lost with it", async () => {
      await store.enqueue(one, "slack", at("06:00"));
      const [sending] = await store.outbox();
      await store.enqueue(one, "slack", at("06:01"));
      await store.done(sending!.id);
      expect(await store.outbox()).toMatchObject([{ incidentId: one, attempts: 0 }]);
    });
  });
}
