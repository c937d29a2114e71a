import { afterEach, describe, expect, it } from "vitest";
import type { Op } from "../../core/repair.ts";
import type { Dialect } from "../../demo/rest/dialect.ts";
import { type RestSim, startRestSim } from "../../demo/rest/server.ts";
import type { SeedContact } from "../../demo/rest/store.ts";
import { contextFor } from "../../test/contract/collector.ts";
import { quick } from "../../test/contract/ghost-world.ts";
import { KINDS, type KindName, loadRest, secretsOf, yamlOf } from "../../test/contract/rest-world.ts";
import { changeFor } from "../../test/contract/writer.ts";
import { restWriter } from "./rest.ts";

// What the contract of all writers does not ask: batches, vendors that lie, and adds that subscribe after all.
let sim: RestSim;
afterEach(() => sim.close());

const people = (n: number, more: Partial<SeedContact> = {}): SeedContact[] =>
  Array.from({ length: n }, (_, i) => ({ email: `p${i}@example.test`, name: "old", lists: [], ...more }));

async function world(
  kind: KindName,
  seeds: readonly SeedContact[],
  o: { yaml?: (y: string) => string; dialect?: (d: Dialect) => Dialect } = {},
) {
  const own = KINDS[kind].dialect();
  sim = await startRestSim(o.dialect?.(own) ?? own, { port: 0 });
  sim.store.addList("vip");
  sim.store.load(seeds);
  const system = loadRest((o.yaml ?? ((y) => y))(yamlOf(kind, sim.url)), KINDS[kind].source);
  const writer = restWriter(system, { secret: secretsOf(KINDS[kind].secrets), ...quick });
  const apply = async (op: Op, emails: readonly string[]) => {
    const changes = emails.map((e) =>
      changeFor({ system: system.id }, op, e, op === "set" ? { attribute: "name", value: "new" } : {}),
    );
    const outcomes = [];
    for (const batch of writer.batches(changes))
      outcomes.push(...(await writer.apply(batch, KINDS[kind].source, contextFor())));
    return outcomes;
  };
  return { system, writer, apply, vip: () => sim.store.of("vip").map((c) => c.email) };
}
const emails = (n: number) => people(n).map((p) => p.email);
const statuses = (outcomes: readonly { status: string }[]) => outcomes.map((o) => o.status).join(" ");
const writes = () =>
  sim.requests.filter((r) => r.method !== "GET" && !/token|session|batch\/read/.test(r.path));

describe("batches", () => {
  it("sends many in one call, after one person who shows that it is harmless", async () => {
    const w = await world("cursor", people(10));
    expect(statuses(await w.apply("add", emails(10)))).toBe(Array(10).fill("applied").join(" "));
    expect(writes()).toHaveLength(2);
    expect(w.vip()).toHaveLength(10);
    expect(statuses(await w.apply("remove", emails(10)))).toBe(Array(10).fill("applied").join(" "));
    expect(writes()).toHaveLength(4);
    expect(w.vip()).toEqual([]);
  });
  it("tells one failure of a batch from the others, in any order", async () => {
    const w = await world("cursor", people(5, { lists: ["vip"] }));
    sim.faults.add({ kind: "partial", method: "POST", path: "/lists/" });
    expect(statuses(await w.apply("remove", emails(5)))).toBe("failed applied applied applied applied");
    expect(w.vip()).toEqual(["p0@example.test"]);
  });
  it("goes one by one when a batch is refused whole", async () => {
    // somebody leaves between the look-up and the call
    const w = await world("link", people(4, { lists: ["vip"] }), {
      dialect: (d) => ({
        ...d,
        handle(call, store) {
          if (call.path.endsWith("/labels"))
            for (const c of store.byEmail("p2@example.test")) store.remove(c.id);
          return d.handle(call, store);
        },
      }),
    });
    expect(statuses(await w.apply("remove", emails(4)))).toBe("applied applied failed applied");
    expect(writes()).toHaveLength(5);
    expect(w.vip()).toEqual([]);
  });
  it("is unknown as a whole when the answer is lost, and sends nothing more", async () => {
    const w = await world("cursor", people(25, { lists: ["vip"] }));
    sim.faults.add({ kind: "reset_after", method: "POST", path: "/lists/", skip: 1 });
    const outcomes = await w.apply("remove", emails(10));
    expect(statuses(outcomes)).toBe(["applied", ...Array(9).fill("unknown")].join(" "));
    expect(writes()).toHaveLength(2);
  });
});

describe("judged by effect", () => {
  it("stops at the first person when an add subscribes after all, whatever the YAML says", async () => {
    // the YAML does not know the word for opted out, so that nothing warns beforehand
    const w = await world("cursor", people(8, { status: "unsubscribed" }), {
      yaml: (y) => y.replace("unsubscribed: [unsubscribed], ", ""),
      dialect: (d) => ({
        ...d,
        handle(call, store) {
          const answer = d.handle(call, store);
          if (call.path.endsWith("/add")) for (const c of store.of("vip")) c.status = "subscribed";
          return answer;
        },
      }),
    });
    const outcomes = await w.apply("add", emails(8));
    expect(statuses(outcomes)).toBe(Array(8).fill("failed").join(" "));
    expect(outcomes[0]?.because).toContain("made the person easier to reach");
    expect(outcomes[1]?.because).toContain("not sent");
    expect(w.vip()).toEqual(["p0@example.test"]);
  });
  it.each(["unsubscribed", "pending"] as const)(
    "adds nobody who is %s, and asks the vendor for nothing",
    async (status) => {
      const w = await world("offset", people(1, { status }));
      const [one] = await w.apply("add", emails(1));
      // this vendor's boolean knows no pending: it reads as unsubscribed
      expect(one).toMatchObject({ status: "refused", consent: true });
      expect(writes()).toEqual([]);
    },
  );
  it("does not believe a yes that changes nothing", async () => {
    for (const kind of ["cursor", "offset", "link", "page"] as const) {
      const w = await world(kind, people(1, { lists: ["vip"] }));
      sim.faults.add({ kind: "ghost_ack" });
      expect(statuses(await w.apply("remove", emails(1)))).toBe("accepted");
      if (kind !== "page") await sim.close();
    }
  });
  it("makes no record of somebody who is not there", async () => {
    const w = await world("page", people(1));
    expect(statuses(await w.apply("add", ["new@example.test"]))).toBe("failed");
    expect(statuses(await w.apply("suppress", ["new@example.test"]))).toBe("noop");
    expect(writes()).toEqual([]);
  });
  it("suppresses every record of one person", async () => {
    const w = await world("cursor", [{ email: "Ana@example.test" }, { email: "ana@example.test" }]);
    expect(statuses(await w.apply("suppress", ["ana@example.test"]))).toBe("applied");
    expect(sim.store.of(null).map((c) => c.status)).toEqual(["unsubscribed", "unsubscribed"]);
  });
});

describe("what the YAML does not offer", () => {
  it("is refused, and shown among what cannot be done", async () => {
    const w = await world("cursor", people(1), { yaml: (y) => y.replace(/ {2}remove:\n(?: {4}.*\n)+/, "") });
    expect(statuses(await w.apply("remove", emails(1)))).toBe("refused");
    expect(w.writer.capabilities.ops).toEqual(["suppress", "add", "set"]);
    expect(w.writer.capabilities.cannot.join("\n")).toContain(
      "no call to take somebody out of a list (remove)",
    );
    expect(w.writer.capabilities).toMatchObject({
      write: "batch",
      maxBatch: { add: 10, suppress: 1 },
      joinedAt: true,
    });
  });
  it("includes segments that are consent, everybody, and lists of another kind", async () => {
    const w = await world("cursor", people(1));
    const apply = async (op: Op, source: Parameters<typeof w.writer.apply>[1]) =>
      (
        await w.writer.apply(
          [changeFor({ system: w.system.id }, op, "p0@example.test")],
          source,
          contextFor(),
        )
      )[0];
    expect(await apply("add", { subscribed: true })).toMatchObject({ status: "refused", consent: true });
    expect(await apply("remove", { suppressed: true })).toMatchObject({ status: "refused", consent: true });
    expect(await apply("remove", { all: true })).toMatchObject({ status: "refused", consent: false });
    expect(await apply("add", { tag: "vip" })).toMatchObject({
      status: "refused",
      because: expect.stringContaining("for a list"),
    });
    expect(writes()).toEqual([]);
  });
  it("cannot tell which automations an add starts", async () => {
    const w = await world("page", []);
    expect(await w.writer.automations(KINDS.page.source, contextFor())).toBeNull();
  });
});

describe("waiting and refusals", () => {
  it("lets the rest of a batch wait when the vendor is busy, and says for how long", async () => {
    const w = await world("offset", people(3, { lists: ["vip"] }));
    sim.faults.add({ kind: "rate_limited", method: "DELETE", retryAfter: "3600", skip: 1 });
    const outcomes = await w.apply("remove", emails(3));
    expect(statuses(outcomes)).toBe("applied retry retry");
    expect(outcomes[1]?.retryAfterMs).toBe(3_600_000);
    expect(writes()).toHaveLength(2);
  });
  it("gives up on the batch when the credential may not write", async () => {
    const w = await world("cursor", people(3, { lists: ["vip"] }), {
      yaml: (y) => y.replace("SHOP_WRITE_KEY", "SHOP_KEY"),
    });
    expect(statuses(await w.apply("remove", emails(3)))).toBe("failed failed failed");
    expect(w.vip()).toHaveLength(3);
  });
  it("takes the vendor's word for a status that the YAML knows", async () => {
    const w = await world("offset", people(1), {
      dialect: (d) => ({
        ...d,
        handle(call, store) {
          if (call.method === "PUT") for (const c of store.byEmail("p0@example.test")) c.lists.set("vip", "");
          return d.handle(call, store);
        },
      }),
    });
    expect(statuses(await w.apply("add", emails(1)))).toBe("noop");
  });
});
