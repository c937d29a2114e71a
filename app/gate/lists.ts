import { longestPauseHours } from "../../checks/cron.ts";
import type { GateReading } from "../../checks/gate-input.ts";
import { nowOf } from "../../core/clock.ts";
import type { Audience } from "../../core/config.ts";
import type { IdentifierKind, SystemId } from "../../core/model.ts";
import type { MemberSet } from "../../members/member-set.ts";
import type { App } from "../app.ts";
import { openSetOf } from "../audit/set-files.ts";

/** Enough to know the usual size of a list, and to find its latest complete reading behind a few that failed. */
const READINGS = 30;
const LEAST_HOURS = 6;

export type OpenList = { readonly reading: GateReading; readonly set: MemberSet | null };

/** Opens each list once, whatever it is used for; `close` closes them all. */
export type Lists = {
  /** The latest complete reading of a copy (audience null: of the whole system), if it names people by `identity`. */
  open(audience: Audience | null, system: SystemId, hours: number): Promise<OpenList>;
  close(): Promise<void>;
};

export function openLists(app: App, identity: IdentifierKind): Lists {
  const opened = new Map<string, OpenList>();
  return {
    async open(audience, system, hours) {
      const key = `${audience?.id ?? ""}@${system}`;
      const known = opened.get(key);
      if (known !== undefined) return known;
      const list = await openList(app, identity, audience, system, hours);
      opened.set(key, list);
      return list;
    },
    async close() {
      for (const { set } of opened.values()) await set?.close();
    },
  };
}

async function openList(
  app: App,
  identity: IdentifierKind,
  audience: Audience | null,
  system: SystemId,
  allowedHours: number,
): Promise<OpenList> {
  const history = await app.audits.snapshots(audience?.id ?? null, system, READINGS);
  const complete = history.filter((s) => s.coverage === "complete");
  const latest = history.at(-1) ?? null;
  const last = complete.at(-1) ?? null;
  const found = await openSetOf(app.dataDir, last);
  const fits = found !== null && found.identity === identity && found.epoch === app.epoch;
  if (!fits) await found?.close();
  return {
    set: fits ? found : null,
    reading: {
      asOf: last?.asOf ?? null,
      allowedHours,
      size: last?.metrics.size?.numerator ?? null,
      sizesBefore: complete.slice(0, -1).flatMap((s) => s.metrics.size?.numerator ?? []),
      latest:
        latest === null ? null : { at: latest.takenAt, coverage: latest.coverage, because: latest.because },
      usable: fits,
    },
  };
}

/** How old a reading may be before a send: one missed hour more than its cadence, or its own latency budget. */
export function allowedHours(
  app: Pick<App, "config" | "clock">,
  audience: Audience,
  system: SystemId,
): number {
  const budget = audience.segments.find((s) => s.system === system)?.latencyBudgetHours;
  const pause = longestPauseHours(audience.cadence, Date.parse(nowOf(app.clock)), app.config.timezone) ?? 24;
  return Math.ceil(Math.max(LEAST_HOURS, pause + 1, budget ?? audience.latencyBudgetHours));
}
