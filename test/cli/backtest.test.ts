import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BacktestReport } from "../../app/backtest/report.ts";
import type { Finding, Incident } from "../../core/finding.ts";
import { audienceId, type Instant, instant, runId, type Snapshot, systemId } from "../../core/model.ts";
import { auditStore } from "../../store/audit-store.ts";
import { openDatabase } from "../../store/database.ts";
import { type CliWorld, makeCliWorld } from "./cli-world.ts";

const ACTIVE = audienceId("active");
const GHOST = systemId("ghost");
const WAREHOUSE = systemId("warehouse");
const DAYS = 60;
/** Days before now on which Ghost lost a share of its people for one read. */
const LOST: Readonly<Record<number, number>> = { 20: 0.3, 10: 0.6 };

const now = Date.now();
const at = (daysAgo: number, minutes = 0): Instant =>
  instant(new Date(now - daysAgo * 86_400_000 + minutes * 60_000));
const run = (daysAgo: number) => runId(`r-${String(DAYS - daysAgo).padStart(3, "0")}`);

function snapshot(daysAgo: number, system: typeof GHOST): Snapshot {
  const usual = 4_000 + 3 * (DAYS - daysAgo) + Math.round(8 * Math.sin(daysAgo * 12.9898));
  const size = system === GHOST ? Math.round(usual * (1 - (LOST[daysAgo] ?? 0))) : usual;
  const measured = { denominator: null, quality: "exact", settled: true, observedAt: at(daysAgo) } as const;
  return {
    id: `s-${system}-${daysAgo}`,
    runId: run(daysAgo),
    audience: ACTIVE,
    system,
    ordinal: DAYS - daysAgo,
    trigger: "scheduled",
    asOf: at(daysAgo),
    takenAt: at(daysAgo),
    coverage: "complete",
    because: "last page",
    failure: null,
    metrics: {
      size: { numerator: size, ...measured },
      entries: { numerator: 5, ...measured },
      exits: { numerator: 2, ...measured },
    },
    attributes: {},
    fields: { email: "text" },
    setFile: null,
    epoch: 0,
  };
}

const finding = (people: number): Finding => ({
  check: "size_anomaly",
  audience: ACTIVE,
  system: GHOST,
  subject: null,
  severity: "act",
  cantTell: false,
  backlog: false,
  title: "Active customers is too small in Ghost",
  moved: "m",
  means: "n",
  cause: { certainty: "unclear", text: null },
  todo: [],
  observed: null,
  expected: null,
  people,
  repair: null,
  maths: {},
});

let world: CliWorld;
let incidents: Incident[];
beforeAll(async () => {
  world = await makeCliWorld(20);
  const db = await openDatabase({ url: world.env.DATABASE_URL ?? "", applicationName: "test" });
  try {
    const store = auditStore(db);
    incidents = [];
    for (let ago = DAYS; ago >= 1; ago--) {
      await store.startRun(run(ago), "audit", "scheduled", at(ago, -1));
      for (const system of [WAREHOUSE, GHOST]) await store.insertSnapshot(snapshot(ago, system));
      const [live] = incidents.slice(-1).filter((i) => i.state !== "resolved");
      if (LOST[ago] !== undefined)
        incidents.push(
          ...(await store.applyTransitions(
            [{ kind: "open", fingerprint: "size_anomaly|active|ghost|", finding: finding(1_000) }],
            run(ago),
            at(ago, 1),
          )),
        );
      else if (live !== undefined)
        incidents.splice(
          -1,
          1,
          ...(await store.applyTransitions(
            [{ kind: "resolve", incident: live, because: "gone" }],
            run(ago),
            at(ago, 1),
          )),
        );
      await store.endRun(run(ago), at(ago, 1), "done", {});
    }
  } finally {
    await db.close();
  }
});
afterAll(() => world.close());

const backtest = async (...words: string[]) => {
  const ran = await world.json(["backtest", "--check", "size_anomaly", ...words]);
  return { ...ran, value: ran.value as unknown as BacktestReport };
};

describe("calling an incident no problem, on the command line", () => {
  it("is not for viewers (6), names its incident, and works after it was over by itself", async () => {
    const id = `INC-${incidents[0]?.id}`;
    expect(await world.run(["incidents", "--not-a-problem"])).toMatchObject({ code: 64, out: "" });
    expect(await world.run(["incidents", id, "--not-a-problem", "--as", "Vera"])).toMatchObject({
      code: 6,
      out: "",
    });
    const said = await world.json(["incidents", id, "--not-a-problem", "--note", "a planned clean-up"]);
    expect(said).toMatchObject({
      code: 0,
      value: { incidents: [{ id: incidents[0]?.id, state: "resolved", markedFalse: true }] },
    });
    expect((await world.run(["incidents", "--all"])).out).toContain("not a problem");
    expect((await world.run(["trace", id])).out).toContain(
      "marked_false by Ana: Not a problem, says Ana: a planned",
    );
    expect((await world.run(["incidents", id, "--not-a-problem"])).code).toBe(5);
  });
});

describe("backtest", () => {
  it("with the present settings finds what was raised", async () => {
    const { code, err, value } = await backtest();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(value).toMatchObject({ audits: DAYS, would: 2, did: 2, markedFalse: { did: 1, would: 1 } });
    expect(value.rows.map((r) => [r.is, r.incident, r.markedFalse, r.from])).toEqual([
      ["same", incidents[0]?.id, true, at(20, 1)],
      ["same", incidents[1]?.id, false, at(10, 1)],
    ]);
    expect(value.judged + Object.values(value.skipped).reduce((a, b) => a + b, 0)).toBe(2 * DAYS);
  });

  it("with a higher share says which would be gone, and what people had called no problem", async () => {
    const { value } = await backtest("--set", "minimum_share=0.45");
    expect(value).toMatchObject({ would: 1, did: 2, markedFalse: { did: 1, would: 0 } });
    expect(value.rows.map((r) => [r.is, r.incident])).toEqual([
      ["gone", incidents[0]?.id],
      ["same", incidents[1]?.id],
    ]);
    const { out } = await world.run(["backtest", "--check", "size_anomaly", "--set", "minimum_share=0.45"]);
    expect(out).toContain("size_anomaly with minimum_share 0.45, over 60 audits from ");
    expect(out).toMatch(/\n− .* {2}no INC-1001, called no problem\n= .* {2}was INC-1002\n/);
    expect(out).toContain(
      "It would have raised 1 incident; it did raise 2. 1 would not have been raised, 1 of which people called no problem.",
    );
    expect(out).toContain("People called 1 no problem; 0 of those would be raised again.");
  });

  it("is bounded by --since, judges alike within it, and reads without changing anything", async () => {
    const before = await world.store.query("select count(*) from check_result");
    const { value } = await backtest("--since", "15d");
    expect(value.audits).toBe(15);
    expect(value.rows.map((r) => [r.is, r.incident])).toEqual([["same", incidents[1]?.id]]);
    expect((await backtest("--since", "2w")).value.rows).toEqual(value.rows);
    expect((await world.store.query("select count(*) from check_result")).rows).toEqual(before.rows);
    const none = await backtest("--since", "2h");
    expect(none).toMatchObject({ code: 7, value: { audits: 0, rows: [] } });
  });

  it.each([
    [["--check", "size"], "Allowed choices are"],
    [[], "required option '--check <name>'"],
    [["--check", "size_anomaly", "--since", "soon"], "Write it like 60d"],
    [
      ["--check", "size_anomaly", "--set", "minimum_shore=1"],
      "has no setting “minimum_shore” → enabled, minimum_people",
    ],
    [["--check", "size_anomaly", "--set", "minimum_share=much"], "minimum_share is a number"],
    [["--check", "size_anomaly", "--set", "enabled=2"], "enabled is a yes or no"],
    [["--check", "size_anomaly", "--set", "minimum_share"], "write it like minimum_share=0.1"],
  ])("usage: %j", async (words, said) => {
    expect(await world.run(["backtest", ...words])).toEqual({
      code: 64,
      out: "",
      err: expect.stringContaining(said) as string,
    });
  });
});
