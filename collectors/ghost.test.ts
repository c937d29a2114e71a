import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { GhostSystem, SecretRef } from "../core/config.ts";
import {
  audienceId,
  type MemberRow,
  type ReadTarget,
  runId,
  systemId,
  type TargetEnd,
} from "../core/model.ts";
import { ghostCollector } from "./ghost.ts";

// What the simulator, which behaves, cannot show: a Ghost whose content moves between two pages, or that answers nonsense.
const servers: Server[] = [];
afterEach(() => {
  for (const s of servers.splice(0)) {
    s.closeAllConnections();
    s.close();
  }
});

type Stub = {
  ids: string[];
  labels?: { name: string; members: number }[];
  page?(n: number, ids: string[]): unknown;
  between?(n: number): void;
};
const id = (n: number) => n.toString(16).padStart(24, "0");
const member = (mid: string) => ({
  id: mid,
  email: `p${mid}@example.test`,
  labels: [{ id: "l", name: "VIP", slug: "vip" }],
  newsletters: [{ id: "n", name: "News" }],
  note: null,
  updated_at: null,
  email_suppression: null,
});

async function read(stub: Stub, targets: ReadTarget[] = [{ kind: "base" }]) {
  let pages = 0;
  const queries: URLSearchParams[] = [];
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? "", "http://x");
    const answer = (body: unknown) =>
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    const meta = (total: number, next: number | null = null) => ({ pagination: { total, next } });
    if (url.pathname.endsWith("/labels/")) {
      const labels = (stub.labels ?? []).map((l) => ({
        id: l.name,
        name: l.name,
        slug: l.name.toLowerCase(),
        count: { members: l.members },
      }));
      answer({ labels, meta: meta(labels.length) });
      return;
    }
    queries.push(url.searchParams);
    const limit = Number(url.searchParams.get("limit"));
    const after = /id:>'([0-9a-f]+)'/.exec(url.searchParams.get("filter") ?? "")?.[1] ?? "";
    const left = stub.ids.filter((i) => i > after);
    if (limit > 1) {
      pages++;
      const custom = stub.page?.(pages, left);
      if (custom !== undefined) {
        answer(custom);
        return;
      }
    }
    answer({
      members: left.slice(0, limit).map(member),
      meta: meta(left.length, left.length > limit ? 2 : null),
    });
    if (limit > 1) stub.between?.(pages);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const config: GhostSystem = {
    id: systemId("ghost"),
    title: "Ghost",
    kind: "ghost",
    limitShare: 1,
    privateNetwork: false,
    sends: true,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: "k" as SecretRef,
    writeKey: null,
    attributes: {},
  };
  const collector = ghostCollector(config, {
    secret: () => `${"a".repeat(24)}:bb`,
    sleep: async () => undefined,
  });
  const context = {
    signal: new AbortController().signal,
    clock: { now: () => new Date() },
    runId: runId("r"),
    log: { info: () => undefined, warn: () => undefined },
  };
  const rows: MemberRow[] = [];
  const ends: TargetEnd[] = [];
  for await (const page of collector.read(targets, context)) {
    rows.push(...page.items);
    ends.push(...page.ends);
  }
  return { ids: rows.map((r) => r.id), ends, queries };
}
const ids = (n: number) => Array.from({ length: n }, (_, i) => id(i + 1));
const segment = (label: string): ReadTarget => ({
  kind: "segment",
  audience: audienceId("a"),
  source: { label },
});

describe("a list that moves while it is read", () => {
  it("loses nobody when someone who was read already leaves", async () => {
    const stub: Stub = { ids: ids(150), between: (n) => void (n === 1 && stub.ids.splice(0, 5)) };
    const r = await read(stub);
    expect(new Set(r.ids)).toEqual(new Set(ids(150)));
    expect(r.ends).toMatchObject([{ coverage: "complete", declaredTotal: 150, enumerated: 150 }]);
  });
  it("loses nobody when one leaves and another comes, which leaves the total as it was", async () => {
    const stub: Stub = {
      ids: ids(150),
      between: (n) => void (n === 1 && stub.ids.splice(0, 1) && stub.ids.push(id(999))),
    };
    const r = await read(stub);
    expect(r.ids).toEqual([...ids(150), id(999)]);
    expect(r.ends).toMatchObject([{ coverage: "complete" }]);
  });
  it("does not vouch for a list when fewer were read than there are at the end", async () => {
    const stub: Stub = {
      ids: ids(150).slice(5),
      between: (n) => void (n === 1 && stub.ids.pop() && stub.ids.unshift(...ids(5))),
    };
    const r = await read(stub);
    expect(r.ends).toMatchObject([
      {
        coverage: "partial",
        enumerated: 144,
        because: "144 records read, but 145 declared at first and 149 at the end",
      },
    ]);
  });
  it("does not believe a list that ends early", async () => {
    const r = await read({
      ids: ids(250),
      page: (n, left) =>
        n === 2
          ? { members: left.slice(0, 10).map(member), meta: { pagination: { total: 10, next: null } } }
          : undefined,
    });
    expect(r.ends).toMatchObject([{ coverage: "partial", enumerated: 110, declaredTotal: 250 }]);
  });
  it("notices a page that comes twice", async () => {
    const r = await read({
      ids: ids(250),
      page: (n) =>
        n === 2
          ? { members: ids(100).map(member), meta: { pagination: { total: 150, next: 2 } } }
          : undefined,
    });
    expect(r.ends).toMatchObject([{ coverage: "partial", enumerated: 100 }]);
    expect(r.ids).toHaveLength(100);
  });
  it("keeps what it has when a later page is nonsense", async () => {
    const r = await read({
      ids: ids(250),
      page: (n) => (n === 2 ? { members: [{ id: "x" }], meta: {} } : undefined),
    });
    expect(r.ends).toMatchObject([{ coverage: "partial", enumerated: 100 }]);
  });
});

describe("an empty list", () => {
  it("is believed when the labels agree", async () => {
    expect((await read({ ids: [], labels: [{ name: "VIP", members: 0 }] })).ends).toMatchObject([
      { coverage: "complete", enumerated: 0 },
    ]);
  });
  it("is not believed when a label counts people", async () => {
    const r = await read({ ids: [], labels: [{ name: "VIP", members: 7 }] }, [segment("VIP")]);
    expect(r.ends).toMatchObject([
      { coverage: "partial", because: expect.stringContaining("counts 7 members") },
    ]);
  });
});

describe("targets", () => {
  const labels = [{ name: "VIP", members: 3 }];
  it("reads one label by itself, and several targets in one pass", async () => {
    const one = await read({ ids: ids(3), labels }, [segment("VIP")]);
    expect(one.queries.map((q) => q.get("filter"))).toEqual(["label:'vip'"]);
    const two = await read({ ids: ids(3), labels }, [segment("VIP"), { kind: "base" }]);
    expect(two.queries.map((q) => q.get("filter"))).toEqual([null]);
    expect(two.ends).toMatchObject([
      { target: 0, enumerated: 3, declaredTotal: null },
      { target: 1, enumerated: 3, declaredTotal: 3 },
    ]);
  });
  it("never takes a label that is not there for an empty segment", async () => {
    const r = await read({ ids: ids(3), labels }, [segment("VIPs"), { kind: "base" }]);
    expect(r.ends).toMatchObject([
      { target: 0, coverage: "unusable", because: expect.stringContaining('no label "VIPs"') },
      { target: 1, coverage: "complete" },
    ]);
  });
  it("refuses a segment of another kind of system", async () => {
    await expect(
      read({ ids: [] }, [{ kind: "segment", audience: audienceId("a"), source: { sql: "select 1" } }]),
    ).rejects.toMatchObject({ kind: "config" });
  });
});
