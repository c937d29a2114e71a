import type { SystemConfig } from "../../core/config.ts";
import { lastScheduled } from "../../store/last-scheduled.ts";
import type { App, Progress } from "../app.ts";
import { targetsOf } from "./targets.ts";

type ReadingProgress = {
  begin(title: string): void;
  /** So many records more were read. */
  read(records: number): void;
  end(title: string): void;
};

/**
 * How far the reading of all systems is.
 *
 * @param expected records in all; 0: not known, then systems are counted
 */
export function readingProgress(
  expected: number,
  systems: number,
  show: (progress: Progress) => void,
): ReadingProgress {
  const reading = new Set<string>();
  let [what, records, ended] = ["", 0, 0];
  const tell = () => {
    // The last one stays named: what it has left is to be written.
    if (reading.size > 0) what = `Reading ${[...reading].join(", ")}`;
    show({
      what,
      ...(expected === 0
        ? { done: ended, of: systems }
        : { done: Math.min(records, expected), of: expected }),
      records,
      expected: expected === 0 ? null : expected,
    });
  };
  return {
    begin(title) {
      reading.add(title);
      tell();
    },
    read(more) {
      records += more;
      tell();
    },
    end(title) {
      reading.delete(title);
      ended += 1;
      tell();
    },
  };
}

/** Records that the last complete readings of everything held; as many are expected of the next ones. */
export async function recordsLastTime(app: App, systems: readonly SystemConfig[]): Promise<number> {
  const targets = systems.flatMap((system) => {
    const baseReadable = app.capabilities.get(system.id)?.baseReadable ?? false;
    return targetsOf(app.config, system, baseReadable).map((t) => ({ system, audience: t.audience }));
  });
  const last = await Promise.all(
    targets.map(({ system, audience }) => lastScheduled(app.db, audience, system.id, app.epoch)),
  );
  return last.reduce((sum, snapshot) => sum + (snapshot?.metrics.records?.numerator ?? 0), 0);
}
