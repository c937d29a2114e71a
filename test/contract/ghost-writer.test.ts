import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import { OP_ORDER } from "../../core/repair.ts";
import type { SeedMember } from "../../demo/ghost/model.ts";
import { type GhostSim, startGhostSim } from "../../demo/ghost/server.ts";
import { ghostWriter } from "../../sync/writers/ghost.ts";
import { contextFor } from "./collector.ts";
import { ghostSystem, quick, WRONG_KEY } from "./ghost-world.ts";
import { changeFor } from "./writer.ts";

// What only the simulator can show: faults in the middle of a write, and its journal of what really happened.
let sim: GhostSim;
const config = () => ghostSystem(sim.url, { attributes: { name: "name", plan: "label:plan-*" } });
const label: SegmentSource = { label: "Active" };
beforeEach(async () => {
  sim = await startGhostSim({ port: 0 });
  sim.control.load(["a", "b", "c"].map((n) => ({ email: `${n}@example.test`, labels: ["Active", "Other"] })));
});
afterEach(() => sim.close());

const remove = (name: string) => changeFor({ system: config().id }, "remove", `${name}@example.test`);
const apply = (changes: readonly OpenChange[], source: SegmentSource = label, key = sim.key) =>
  ghostWriter(config(), { secret: () => key, ...quick }).apply(changes, source, contextFor());
const writes = () => sim.control.requests().filter((r) => r.method !== "GET").length;

describe("faults while writing to Ghost", () => {
  it("waits out a 429 and writes once", async () => {
    sim.control.fault({ kind: "rate_limited", method: "PUT", retryAfter: "1" });
    expect(await apply([remove("a")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.journal()).toHaveLength(1);
  });
  it("gives the rest back untouched when Ghost keeps refusing for load", async () => {
    sim.control.fault({ kind: "rate_limited", method: "PUT", times: null });
    const before = writes();
    expect(await apply([remove("a"), remove("b"), remove("c")])).toMatchObject([
      { status: "retry" },
      { status: "retry" },
      { status: "retry" },
    ]);
    expect(writes() - before).toBe(4);
    expect(sim.control.journal()).toHaveLength(0);
  });
  it.each([
    ["timeout_after", 1],
    ["reset_after", 1],
    ["reset_mid_body", 1],
    ["bad_json", 1],
    ["timeout_before", 0],
    ["reset_before", 0],
    ["server_error", 0],
    ["html", 0],
  ] as const)("does not know after %s, and sends it once only", async (kind, effects) => {
    sim.control.fault({ kind, method: "PUT" });
    expect(await apply([remove("a"), remove("b")])).toMatchObject([
      { status: "unknown" },
      { status: "applied" },
    ]);
    expect(sim.control.journal()).toHaveLength(1 + effects);
  });
  it("does not take a yes without effect for applied", async () => {
    sim.control.fault({ kind: "ghost_ack", method: "PUT" });
    expect(await apply([remove("a")])).toMatchObject([{ status: "accepted" }]);
  });
  it("asks with a refused key once, not once a person", async () => {
    const before = sim.control.requests().length;
    const outcomes = await apply([remove("a"), remove("b"), remove("c")], label, WRONG_KEY);
    expect(outcomes).toMatchObject([{ status: "failed" }, { status: "failed" }, { status: "failed" }]);
    expect(sim.control.requests().length - before).toBe(1);
  });
  it("answers null, in place, for people it cannot read back now", async () => {
    sim.control.fault({ kind: "server_error", method: "GET", path: "/members/", times: null });
    const people = [remove("a"), remove("b")];
    expect(
      await ghostWriter(config(), { secret: () => sim.key, ...quick }).readBack(people, label, contextFor()),
    ).toEqual([null, null]);
  });
  it("adds to a label that is not there: a clear failure, and no label is made", async () => {
    const outcomes = await apply([changeFor({ system: config().id }, "add", "new@example.test")], {
      label: "Nope",
    });
    expect(outcomes).toMatchObject([
      { status: "failed", because: expect.stringContaining('no label "Nope"') },
    ]);
    expect(sim.control.find("new@example.test")).toBeUndefined();
  });
});

describe("whatever is asked of the Ghost writer", () => {
  const SOURCES: readonly SegmentSource[] = [
    label,
    { newsletter: "default-newsletter" },
    { suppressed: true },
    { all: true },
    { sql: "select 1" },
    { file: "x.csv" },
  ];
  const PEOPLE: readonly SeedMember[] = [
    {
      email: "in@example.test",
      labels: ["Active", "Other", "plan-pro"],
      newsletters: ["default-newsletter"],
    },
    { email: "out@example.test", labels: ["Other"], newsletters: [] },
    {
      email: "spam@example.test",
      labels: ["Active"],
      newsletters: ["default-newsletter"],
      suppressed: "spam",
    },
    {
      email: "bounced@example.test",
      labels: [],
      newsletters: ["default-newsletter"],
      suppressed: "bounce",
    },
  ];
  it("nobody becomes mailable, nobody disappears, no foreign label is lost", async () => {
    for (const source of SOURCES) {
      for (const op of OP_ORDER) {
        sim.control.clear();
        sim.control.load(PEOPLE);
        const changes = [...PEOPLE.map((p) => p.email), "nobody@example.test"].map((email) =>
          changeFor({ system: config().id }, op, email, { attribute: "plan", value: "free" }),
        );
        const outcomes = await apply(changes, source);
        expect(outcomes).toHaveLength(changes.length);
        for (const p of PEOPLE) {
          const m = sim.control.find(p.email);
          const was = p.newsletters?.length === 1 && p.suppressed === undefined;
          expect(was || !(m !== undefined && m.newsletters.length > 0 && !m.emailDisabled)).toBe(true);
          if (p.labels?.includes("Other")) expect(m?.labels.map((l) => l.name)).toContain("Other");
        }
        const made = sim.control.find("nobody@example.test");
        if (made !== undefined)
          expect([op, source, made.newsletters, made.labels.map((l) => l.name)]).toEqual([
            "add",
            label,
            [],
            ["Active"],
          ]);
        expect(sim.control.journal().every((j) => !JSON.stringify(j).includes('"delete"'))).toBe(true);
      }
    }
  });
});
