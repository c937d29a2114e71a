import { fixedClock } from "../../core/clock.ts";
import { instant } from "../../core/model.ts";
import type { Log } from "../../core/ports.ts";
import { getMeta } from "../../store/get-meta.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { putMeta } from "../../store/put-meta.ts";
import { putWriteSwitch } from "../../store/put-write-switch.ts";
import { sendWeekly } from "../alerts/weekly.ts";
import type { App } from "../app.ts";
import { runAudit } from "../audit/run-audit.ts";
import { hasWriteAccess } from "../repair/writes.ts";
import type { Demo } from "./driver.ts";
import { keepWrittenHistory } from "./written-history.ts";

export const DEMO_DAYS = 56;

/** The systems live in today while the audit is set back by weeks; that they say so is no news. */
const quiet = (log: Log): Log => ({
  ...log,
  warn: (event, fields) => (event === "http.clock_skew" ? undefined : log.warn(event, fields)),
});

/** From 100,000 people on, eight weeks of reading would take an hour: history is written, the last days are read. */
const isLarge = (size: string): boolean => /^(\d{3,}k|\d+m|\d{6,})$/i.test(size);
const DAYS_READ = 2;
const SYSTEMS = 5;

/** What a part of the work says of itself is told as what the whole is at. */
function within(whole: App["progress"], where: string): App["progress"] {
  return {
    get current() {
      return whole.current;
    },
    set current(part) {
      if (part !== null) whole.current = { ...part, what: `${where}: ${part.what}` };
    },
  };
}

/**
 * Eight weeks of daily audits through the real collectors, on the demo's own clock; for a big company only the last
 * two of them. Interrupted, it is begun again (app/runtime.ts): half a day read twice would be a day too many.
 */
export async function seedDemo(
  app: App,
  demo: Pick<Demo, "day" | "history">,
  signal: AbortSignal,
): Promise<void> {
  const showing = { what: "Making eight weeks of history", done: 0, of: DEMO_DAYS };
  const large = isLarge((await getMeta(app.db, "demo:size")) ?? "");
  let done = 0;
  if (large) {
    app.progress.current = showing;
    done = DEMO_DAYS - DAYS_READ;
    await keepWrittenHistory(app, demo.history, done, (part) => {
      app.progress.current = { ...showing, done: Math.floor(part * done) };
    });
  }
  for (let n = done + 1; n <= DEMO_DAYS && !signal.aborted; n++) {
    app.progress.current = { ...showing, done: n - 1 };
    // An audit reports its own progress; while seeding, the days are what a person waits for, unless each takes minutes.
    const progress = large ? within(app.progress, `Day ${n} of ${DEMO_DAYS}`) : { current: null };
    const at = await demo.day(n, (part) => {
      progress.current = {
        what: "Filling the company’s systems",
        done: Math.round(part * SYSTEMS),
        of: SYSTEMS,
      };
    });
    const then: App = { ...app, clock: fixedClock(at), log: quiet(app.log), progress };
    const { runId } = await runAudit(then, {
      trigger: "scheduled",
      signal,
      keepRows: n > DEMO_DAYS - DAYS_READ,
    });
    if (n === 1)
      for (const a of app.config.audiences)
        await putAudienceBase(app.db, { audience: a.id, acceptedAt: instant(at), acceptedBy: "demo", runId });
  }
  app.progress.current = null;
  if (signal.aborted) return;
  await enableWrites(app);
  await putMeta(app.db, "demo:seeded", "yes");
  await sendWeekly(app);
}

/** Its systems are simulators: a visitor may repair at once what was planted. */
async function enableWrites(app: App): Promise<void> {
  const at = instant(app.clock.now());
  for (const system of app.config.systems.filter(hasWriteAccess))
    await putWriteSwitch(app.db, {
      system: system.id,
      enabled: true,
      at,
      person: "demo",
      reason: "the demo’s systems are simulators",
    });
}
