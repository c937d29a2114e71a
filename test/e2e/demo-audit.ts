import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../app/app.ts";
import { runAudit } from "../../app/audit/run-audit.ts";
import { backtest } from "../../app/backtest/backtest.ts";
import { DEMO_DAYS } from "../../app/demo/seed.ts";
import { openApp } from "../../app/open-app.ts";
import { ALL_CHECKS } from "../../checks/registry.ts";
import { loadConfig } from "../../config/load.ts";
import { configError } from "../../config/problem.ts";
import { resolveSecret } from "../../config/secret.ts";
import { fixedClock } from "../../core/clock.ts";
import type { Incident } from "../../core/finding.ts";
import { audiencesOf, tellsOf } from "../../core/incident-order.ts";
import { instant } from "../../core/model.ts";
import type { Expectation, Planted } from "../../demo/company/truth.ts";
import { DemoHost } from "../../demo/host.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { testDatabase } from "../setup/database.ts";

export type Raised = { readonly day: number; readonly incident: Incident };
export type DemoRun = {
  readonly planted: readonly Planted[];
  readonly raised: readonly Raised[];
  /** Where a backtest with the same settings differs from what was raised; null: none was asked for. */
  readonly replayedOtherwise: readonly string[] | null;
};

const fits = (e: Expectation, { incident: { finding } }: Raised): boolean =>
  e.checks.includes(finding.check) &&
  e.system === finding.system &&
  (e.audience === null || tellsOf(finding, e.audience));

/** Planted faults that no incident tells of from their first day on. */
export const missedOf = (run: DemoRun): string[] =>
  run.planted.flatMap((p) =>
    p.must
      .filter((e) => !run.raised.some((r) => r.day >= p.from && fits(e, r)))
      .map(
        (e) =>
          `${p.kind} from day ${p.from}: ${e.checks.join(" or ")} on ${e.audience ?? "any"} in ${e.system}`,
      ),
  );

/** What the latest finding about the planted duel says of its cause and of the rule that would end it. */
export function duelTold(run: DemoRun): { cause: string | null; writers: string; replay: string } {
  const duel = run.planted.find((p) => p.kind === "duel");
  const finding = run.raised.findLast(
    ({ incident: { finding: f } }) =>
      f.check === "flip_flop" && f.system === duel?.system && f.audience === duel.audience,
  )?.incident.finding;
  return {
    cause: finding?.cause.text ?? null,
    writers: String(finding?.maths.Diagnosis),
    replay: finding?.todo.find((t) => t.startsWith("Played again")) ?? "",
  };
}

/** Incidents that nothing planted explains. */
export const unexplainedOf = (run: DemoRun): string[] =>
  run.raised
    .filter((r) => {
      const { finding } = r.incident;
      const told = run.planted.flatMap((p) => (r.day >= p.from ? [...p.must, ...p.may] : []));
      // of several audiences in one incident, each
      const each = finding.siblings === undefined ? [finding.audience] : audiencesOf(finding);
      return !each.every((a) => told.some((e) => fits(e, r) && (e.audience === null || e.audience === a)));
    })
    .map((r) => `day ${r.day}: ${r.incident.fingerprint}: ${r.incident.finding.title}`);

/**
 * What the halved list's size is attributed to. People were taken off the list itself: they are still in the system,
 * unchanged, and no rule is known to have changed, so that all but the day's own comings and goings stays unexplained.
 */
export const halvedWrongly = (run: DemoRun): string[] =>
  run.planted.flatMap((p) => {
    if (p.kind !== "halved") return [];
    const found = run.raised.filter(
      ({ incident: { finding: f } }) =>
        f.check === "size_anomaly" && f.audience === p.audience && f.system === p.system,
    );
    return found.flatMap(({ day, incident: { finding } }) => {
      const a = finding.attribution;
      if (a === undefined) return [`day ${day}: not looked into`];
      const left = Object.values(a.parts).reduce((sum, flow) => sum + flow.left, 0);
      return a.parts.unexplained.left >= 0.9 * left && finding.cause.text === null
        ? []
        : [`day ${day}: ${JSON.stringify(a.parts)}, ${finding.cause.text}`];
    });
  });

/** `npm test` takes one seed; `npm run test:truth` and CI all twenty (PLUMBLINE_TRUTH_SEEDS). */
const SEEDS = Number(process.env.PLUMBLINE_TRUTH_SEEDS ?? 2);

/** Every other seed, from `first`: two files share them, so that two workers do. */
export const seedsFrom = (first: 1 | 2): number[] =>
  Array.from({ length: SEEDS / 2 }, (_, i) => 2 * i + first);

/** Four of each weekday before the first fault: enough to know what is normal, and a quarter less to wait for. */
const FIRST_DAY = 14;

/** The weeks of the demo company through the real collectors, checks and store; sets live in memory where possible. */
export async function auditDemo(o: {
  seed: number;
  size: string;
  adminUrl: string;
  faults?: boolean;
  replay?: boolean;
}): Promise<DemoRun> {
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "plumbline-truth-"));
  const database = await testDatabase();
  const host = await DemoHost.start(
    {
      size: o.size,
      seed: o.seed,
      today: "2026-11-24",
      warehouseAdminUrl: o.adminUrl,
      folder,
      faults: o.faults ?? true,
    },
    fixedClock("2027-01-01T09:00:00Z"),
  );
  try {
    const loaded = loadConfig(host.started.configYaml, { file: "demo.yaml" });
    if (!loaded.ok) throw configError(loaded.problems);
    const source = { env: host.started.env, folder, places: loaded.places, readFile: async () => "" };
    const silent = { info: () => undefined, warn: () => undefined };
    const base = await openApp({
      config: loaded.config,
      configFolder: folder,
      dataDir: folder,
      mode: "demo",
      db: database.db,
      secretBytes: new Uint8Array(32).fill(7),
      resolve: (ref) => resolveSecret(ref, source),
      clock: fixedClock("2026-09-30T00:00:00Z"),
      log: silent,
    });
    const raised: Raised[] = [];
    for (let day = FIRST_DAY; day <= DEMO_DAYS; day++) {
      const at = await host.world.day(day);
      const app: App = { ...base, notify: async () => undefined, clock: fixedClock(at) };
      const { changed, runId } = await runAudit(app, {
        trigger: "scheduled",
        signal: new AbortController().signal,
        keepRows: false,
      });
      if (day === FIRST_DAY)
        for (const a of app.config.audiences)
          await putAudienceBase(app.db, {
            audience: a.id,
            acceptedAt: instant(at),
            acceptedBy: "demo",
            runId,
          });
      for (const incident of changed) if (incident.state !== "resolved") raised.push({ day, incident });
    }
    const late: App = { ...base, notify: async () => undefined, clock: fixedClock("2026-11-25T00:00:00Z") };
    const replayedOtherwise = o.replay === true ? await replayAll(late) : null;
    return { planted: host.world.planted, raised, replayedOtherwise };
  } finally {
    await host.dispose();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every check once more over the kept weeks: it must raise what it raised then. */
async function replayAll(app: App): Promise<string[]> {
  const otherwise: string[] = [];
  for (const check of ALL_CHECKS) {
    const report = await backtest(app, { check, settings: {}, since: null }, async () => undefined);
    for (const row of report.rows)
      if (row.is !== "same") otherwise.push(`${check.name}: ${row.is} ${row.title} on ${row.from}`);
  }
  return otherwise;
}
