import type { App } from "../app.ts";
import { type Readings, readingKey } from "./compare-audience.ts";
import type { KeptReading } from "./keep-reading.ts";
import { openSetOf } from "./set-files.ts";

/**
 * The latest reading of every segment and base with its set, for work between audits (plans, samples of people).
 * A segment whose latest reading is not complete has no set here, so nothing is ever decided on an older truth.
 */
export async function withLatestReadings<T>(app: App, use: (readings: Readings) => Promise<T>): Promise<T> {
  const readings = new Map<string, KeptReading>();
  try {
    for (const audience of app.config.audiences) {
      for (const s of audience.segments) await keepLatest(app, audience.id, s.system, readings);
    }
    for (const system of app.config.systems) await keepLatest(app, null, system.id, readings);
    return await use(readings);
  } finally {
    for (const kept of readings.values()) await kept.set?.close();
  }
}

async function keepLatest(
  app: App,
  audience: App["config"]["audiences"][number]["id"] | null,
  system: App["config"]["systems"][number]["id"],
  readings: Map<string, KeptReading>,
): Promise<void> {
  const [snapshot] = await app.audits.snapshots(audience, system, 1);
  if (snapshot === undefined) return;
  readings.set(readingKey(audience, system), { snapshot, set: await openSetOf(app.dataDir, snapshot) });
}
