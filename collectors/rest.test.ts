import { afterEach, describe, expect, it } from "vitest";
import { audienceId, type ReadTarget } from "../core/model.ts";
import { startGhostSim } from "../demo/ghost/server.ts";
import { linkDialect } from "../demo/rest/link-dialect.ts";
import { type RestSim, startRestSim } from "../demo/rest/server.ts";
import { contextFor, readAll } from "../test/contract/collector.ts";
import { quick } from "../test/contract/ghost-world.ts";
import { KINDS, type KindName, loadRest, secretsOf, yamlOf } from "../test/contract/rest-world.ts";
import { restCollector } from "./rest.ts";

// What the contract of all collectors does not ask: the ways in which only the YAML of a system goes wrong.
const closers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const c of closers.splice(0)) await c.close();
});

const seed = (sim: RestSim, n: number) =>
  sim.store.load(
    Array.from({ length: n }, (_, i) => ({ email: `p${i}@example.test`, name: `N ${i}`, lists: ["vip"] })),
  );

async function world(kind: KindName, n: number, change: (yaml: string) => string = (y) => y) {
  const sim = await startRestSim(KINDS[kind].dialect(), { port: 0 });
  closers.push(sim);
  sim.store.addList("vip");
  seed(sim, n);
  const system = loadRest(change(yamlOf(kind, sim.url)), KINDS[kind].source);
  const collector = restCollector(system, { secret: secretsOf(KINDS[kind].secrets), ...quick });
  const target: ReadTarget = { kind: "segment", audience: audienceId("active"), source: KINDS[kind].source };
  return { sim, collector, target, read: (...more: ReadTarget[]) => readAll(collector, [target, ...more]) };
}
const lists = (sim: RestSim, path: string) => sim.requests.filter((r) => r.path.startsWith(path)).length;

describe("look-up by id", () => {
  it("joins the record with the list's own time of joining, in batches", async () => {
    const { sim, read } = await world("cursor", 60);
    const { rows, ends } = await read();
    expect(ends).toMatchObject([{ coverage: "complete", declaredTotal: 60 }]);
    expect(rows[0]).toMatchObject({
      identifiers: { email: "p0@example.test" },
      attributes: { name: "N 0" },
      joinedAt: expect.any(String),
    });
    // 40 and 20 ids in batches of 25
    expect(lists(sim, "/api/contacts/batch/read")).toBe(3);
  });
  it("is partial when ids have no record, unless the vendor keeps those of deleted people", async () => {
    const one = await world("cursor", 5, (y) =>
      y.replace(
        'body: { ids: "{{ids}}" }, records: results, batch: 25',
        'body: { ids: "{{ids}}", x: 1 }, records: "results[1:]", batch: 25',
      ),
    );
    expect((await one.read()).ends).toMatchObject([
      { coverage: "partial", because: expect.stringContaining("1 of 5 ids of the list have no record") },
    ]);
    const two = await world("cursor", 5, (y) =>
      y.replace("records: results, batch: 25", 'records: "results[1:]", batch: 25, missing: drop'),
    );
    expect((await two.read()).ends).toMatchObject([{ coverage: "complete", enumerated: 4 }]);
  });
  it("goes one by one where the vendor has no batch, and takes a 404 for nobody", async () => {
    const { read, sim } = await world("offset", 4, (y) =>
      y.replace(
        "    records: people\n    paging: { kind: offset, send: offset, total: meta.total, size: { send: limit, value: 50 } }\nlimits",
        `    records: people\n    lookup: { id: key, get: "/people", query: { email: "p1@example.test", x: "{{id}}" }, records: people }\n    paging: { kind: offset, send: offset, total: meta.total, size: { send: limit, value: 50 } }\nlimits`,
      ),
    );
    const { ends } = await read();
    expect(ends).toMatchObject([{ coverage: "partial", because: expect.stringContaining("3 of 4 ids") }]);
    expect(lists(sim, "/api/people?email=")).toBe(4);
  });
});

describe("pages that slip", () => {
  it("reads an offset list once more when somebody leaves, and misses nobody", async () => {
    const { sim, read } = await world("offset", 120);
    sim.faults.add({ kind: "drift", path: "/people", skip: 1 });
    const { rows, ends } = await read();
    expect(ends).toMatchObject([{ coverage: "complete" }]);
    expect(rows).toHaveLength(120); // the one who left was read before
    expect(new Set(rows.map((r) => r.id)).size).toBe(120);
  });
  it("reads a list by page number once more when records come twice", async () => {
    const { sim, read } = await world("page", 60);
    sim.faults.add({ kind: "repeat_page", path: "/rest/readers", skip: 1 });
    const { rows, ends } = await read();
    expect(ends).toMatchObject([{ coverage: "complete" }]);
    expect(new Set(rows.map((r) => r.id)).size).toBe(rows.length);
    expect(rows).toHaveLength(60);
  });
  it("says partial when it slips again", async () => {
    const { sim, read } = await world("offset", 120);
    sim.faults.add({ kind: "drift", path: "/people", skip: 1, times: null });
    expect((await read()).ends).toMatchObject([{ coverage: "partial" }]);
  });
  it("notices one who leaves and one who comes, which leaves the total as it was", async () => {
    const { sim, read } = await world("offset", 120, (y) => y);
    sim.faults.add({ kind: "drift", path: "/people", skip: 1 });
    const load = sim.store.remove.bind(sim.store);
    sim.store.remove = (id) => {
      load(id);
      sim.store.load([{ email: "late@example.test", lists: ["vip"] }]);
    };
    const { rows, ends } = await read();
    expect(ends).toMatchObject([{ coverage: "complete" }]);
    expect(rows.map((r) => r.identifiers.email)).toContain("p50@example.test");
    expect(rows).toHaveLength(121);
  });
});

describe("several targets", () => {
  it("share a pass where one list answers all of them", async () => {
    const { sim, read } = await world("page", 30);
    sim.store.load([{ email: "other@example.test", lists: ["vips"] }]);
    const { rows, ends } = await read({ kind: "base" });
    expect(ends).toMatchObject([
      { target: 0, coverage: "complete", enumerated: 30, declaredTotal: null },
      { target: 1, coverage: "complete", enumerated: 31, declaredTotal: 31 },
    ]);
    expect(rows.find((r) => r.identifiers.email === "other@example.test")?.of).toEqual([1]);
    expect(lists(sim, "/api/rest/readers")).toBe(2);
  });
  it("are told apart when the vendor does not know one of the lists", async () => {
    const { read } = await world("cursor", 3);
    const wrong: ReadTarget = { kind: "segment", audience: audienceId("other"), source: { list: "nope" } };
    expect((await read(wrong, { kind: "base" })).ends).toMatchObject([
      { target: 0, coverage: "complete" },
      { target: 1, coverage: "unusable", because: expect.stringContaining("not found") },
      { target: 2, coverage: "complete" },
    ]);
  });
});

describe("tokens", () => {
  it("gets a new one when the vendor has forgotten the old one half-way", async () => {
    const dialect = linkDialect();
    const sim = await startRestSim(dialect, { port: 0 });
    closers.push(sim);
    seed(sim, 100);
    const system = loadRest(yamlOf("link", sim.url), KINDS.link.source);
    const collector = restCollector(system, { secret: secretsOf(KINDS.link.secrets), ...quick });
    let pages = 0;
    let rows = 0;
    for await (const page of collector.read([{ kind: "base" }], contextFor())) {
      rows += page.items.length;
      if (++pages === 2) dialect.tokens.expire();
      for (const end of page.ends) expect(end.coverage).toBe("complete");
    }
    expect({ rows, tokens: dialect.tokens.count }).toEqual({ rows: 100, tokens: 2 });
  });
});

describe("addresses", () => {
  it("never follows a next page to another host, nor sends the key there", async () => {
    const elsewhere = await startRestSim(linkDialect(), { port: 0 });
    closers.push(elsewhere);
    const { read } = await world("cursor", 50, (y) =>
      y.replaceAll(
        /paging: \{ kind: cursor, cursor: paging.next.after, send: after, absent_means_end: true/g,
        `paging: { kind: next_url, next: "'${elsewhere.url}/api/contacts'"`,
      ),
    );
    expect((await read()).ends).toMatchObject([
      { coverage: "partial", because: expect.stringContaining("leads elsewhere") },
    ]);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("rights", () => {
  it("names those in excess and those that lack", async () => {
    const { collector } = await world("cursor", 1, (y) => y.replace("lists.read]", "lists.write]"));
    expect(await collector.warnings(contextFor())).toEqual([
      "The credential may do more than reading needs: lists.read, contacts.write",
      "The credential lacks lists.write",
    ]);
    expect(await (await world("page", 1)).collector.warnings(contextFor())).toEqual([]);
  });
});

describe("a system that is not invented: Ghost, by YAML alone", () => {
  it("is read like the connector of its own reads it", async () => {
    const ghost = await startGhostSim({ port: 0 });
    closers.push(ghost);
    ghost.control.load(
      Array.from({ length: 205 }, (_, i) => ({
        email: `p${i}@example.test`,
        name: `N ${i}`,
        labels: i % 2 === 0 ? ["Active"] : ["Other"],
        newsletters: i % 3 === 0 ? ["default-newsletter"] : [],
      })),
    );
    const [id, key] = ghost.key.split(":");
    const system = loadRest(yamlOf("ghost", ghost.url).replace("KEY_ID", id ?? ""), { tag: "Active" });
    const collector = restCollector(system, { secret: () => key ?? "", ...quick });
    const target: ReadTarget = { kind: "segment", audience: audienceId("a"), source: { tag: "Active" } };
    const { rows, ends, error } = await readAll(collector, [target, { kind: "base" }]);
    expect(error).toBeNull();
    expect(ends).toMatchObject([
      { coverage: "complete", enumerated: 103 },
      { coverage: "complete", enumerated: 205, declaredTotal: 205 },
    ]);
    expect(rows.filter((r) => r.consent === "subscribed")).toHaveLength(69);
    expect(rows.filter((r) => r.consent === "unsubscribed" && r.mailable === false)).toHaveLength(136);
  });
});
