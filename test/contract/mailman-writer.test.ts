import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import { OP_ORDER } from "../../core/repair.ts";
import { type MailmanSim, startMailmanSim } from "../../demo/mailman/server.ts";
import { DELIVERIES } from "../../demo/mailman/store.ts";
import { mailmanWriter } from "../../sync/writers/mailman.ts";
import { contextFor } from "./collector.ts";
import { depsOf, mailmanCall, mailmanSystem, makeList } from "./mailman-world.ts";
import { changeFor } from "./writer.ts";

// What only the simulator can show: faults in the middle of a write, and all that it ever did.
let sim: MailmanSim;
let news: Awaited<ReturnType<typeof makeList>>;
const DOMAIN = "lists.example.test";
beforeEach(async () => {
  sim = await startMailmanSim({ port: 0 });
  news = await makeList(mailmanCall(sim), "news", DOMAIN);
});
afterEach(() => sim.close());

const source: SegmentSource = { list: `news@${DOMAIN}` };
const change = (op: OpenChange["op"], name: string, more: Partial<OpenChange> = {}) =>
  changeFor({ system: mailmanSystem(sim).id }, op, `${name}@example.test`, more);
const apply = (changes: readonly OpenChange[], on: SegmentSource = source, password = sim.password) =>
  mailmanWriter(mailmanSystem(sim), {
    ...depsOf(sim),
    http: { timeoutMs: 300 },
    secret: () => password,
  }).apply(changes, on, contextFor());
const join = (...names: string[]) =>
  Promise.all(names.map((n) => news.subscribe(`${n}@example.test`, { known: false })));
const writes = () =>
  sim.requests.filter((r) => r.method !== "GET" && !r.path.startsWith("/3.1/members/find")).length;

describe("faults while writing to Mailman", () => {
  it("waits out a 429 and writes once", async () => {
    await join("a");
    sim.faults.add({ kind: "rate_limited", method: "DELETE", retryAfter: "1" });
    expect(await apply([change("remove", "a")])).toMatchObject([{ status: "applied" }]);
  });
  it("gives the rest back untouched when Mailman is away", async () => {
    await join("a", "b", "c");
    sim.faults.add({ kind: "server_error", path: "/members/find", times: null });
    const before = writes();
    const outcomes = await apply([change("remove", "a"), change("remove", "b"), change("remove", "c")]);
    expect(outcomes.map((o) => o.status)).toEqual(["retry", "retry", "retry"]);
    expect(writes()).toBe(before);
  });
  it.each([
    "timeout_after",
    "reset_after",
    "reset_mid_body",
    "bad_json",
    "reset_before",
    "server_error",
  ] as const)("does not know after %s, and sends it once only", async (kind) => {
    await join("a", "b");
    const before = writes();
    sim.faults.add({ kind, method: "DELETE" });
    const outcomes = await apply([change("remove", "a"), change("remove", "b")]);
    expect(outcomes.map((o) => o.status)).toEqual(["unknown", "applied"]);
    expect(writes() - before).toBe(2);
  });
  it.each(["add", "remove", "suppress"] as const)(
    "does not take a yes without effect for applied: %s",
    async (op) => {
      await join("a");
      sim.faults.add({ kind: "ghost_ack", times: null });
      const [outcome] = await apply([change(op, op === "add" ? "new" : "a")]);
      expect(outcome).toMatchObject({ status: "accepted" });
    },
  );
  it("asks with a refused password once, not once a person", async () => {
    const before = sim.requests.length;
    const outcomes = await apply([change("remove", "a"), change("remove", "b")], source, "wrong");
    expect(outcomes.map((o) => o.status)).toEqual(["failed", "failed"]);
    expect(sim.requests.length - before).toBe(1);
  });
  it("answers null, in place, for people it cannot read back now", async () => {
    sim.faults.add({ kind: "server_error", path: "/members/find", times: null });
    const writer = mailmanWriter(mailmanSystem(sim), depsOf(sim));
    const people = [change("remove", "a"), change("remove", "b")];
    expect(await writer.readBack(people, source, contextFor())).toEqual([null, null]);
  });
});

describe("whatever is asked of the Mailman writer", () => {
  it("nobody becomes mailable, no ban is lifted, no mail is caused, and no own opt-out is forgotten", async () => {
    const { store } = sim;
    await join(...DELIVERIES, "banned");
    store.list(news.id)?.bans.add("banned@example.test");
    // Mailman compares a ban letter by letter, and would let this person in
    store.bans.add("Stranger@example.test");
    store.list(news.id)?.pending.add("pending@example.test");
    const sources: readonly SegmentSource[] = [
      source,
      { suppressed: true },
      { all: true },
      { list: "nope@lists.example.test" },
      { sql: "select 1" },
    ];
    const names = [...DELIVERIES, "banned", "stranger", "pending", "new"];
    for (const on of sources) {
      for (const op of OP_ORDER) {
        for (const m of store.members()) {
          const name = DELIVERIES.find((d) => m.email.startsWith(d));
          if (name !== undefined) m.delivery = name;
        }
        const mailable = new Set(store.members().flatMap((m) => (m.delivery === "enabled" ? [m.email] : [])));
        const outcomes = await apply(
          names.map((n) => change(op, n, { attribute: "name", value: "X" })),
          on,
        );
        expect(outcomes).toHaveLength(names.length);
        for (const m of store.members())
          if (m.delivery === "enabled")
            expect([op, on, [...mailable]]).toEqual([op, on, expect.arrayContaining([m.email])]);
        expect(store.members().some((m) => m.email.startsWith("by_user") && m.delivery === "by_user")).toBe(
          true,
        );
        expect(store.members().some((m) => /^(stranger|pending)@/.test(m.email))).toBe(false);
        expect([...(store.list(news.id)?.bans ?? []), ...store.bans]).toEqual([
          "banned@example.test",
          "Stranger@example.test",
        ]);
      }
    }
    expect(store.mail).toEqual([]);
  });
});
