import { nearest } from "../../config/suggest.ts";
import type { Clock } from "../../core/clock.ts";
import type { Config, PostgresSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Resolve } from "../connectors.ts";
import type { Source } from "./compare-files.ts";
import { openSegment } from "./segment-table.ts";

export type SegmentDeps = {
  readonly config: Config;
  readonly resolve: Resolve;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * The segment that is written as AUDIENCE@SYSTEM, to be compared as if it were a file. Opens nothing yet.
 *
 * @throws AuditorError config, with what there is, when there is no such segment; unsupported when it is not in Postgres
 */
export function segmentSource(written: string, label: string, d: SegmentDeps): Source {
  const cut = written.lastIndexOf("@");
  const [audienceId, id] = [written.slice(0, Math.max(0, cut)), written.slice(cut + 1)];
  const system = d.config.systems.find((s) => s.id === id);
  const audience = d.config.audiences.find((a) => a.id === audienceId);
  const segment = audience?.segments.find((s) => s.system === id);
  if (system === undefined || segment === undefined) throw noSuch(written, d.config);
  if (system.kind !== "postgres" || !("sql" in segment.source))
    throw new AuditorError(
      "unsupported",
      written,
      `only segments of Postgres systems are compared without an audit; this one is ${system.kind}`,
      "run plumbline audit, or compare its export",
    );
  const { sql } = segment.source;
  return { path: written, label, open: () => open(system, label, sql, d) };
}

async function open(system: PostgresSystem, label: string, sql: string, d: SegmentDeps) {
  const dsn = await d.resolve(system.dsn);
  return openSegment({ system, label, sql, dsn, clock: d.clock, signal: d.signal });
}

const SHOWN = 20;

function noSuch(written: string, config: Config): AuditorError {
  const all = config.audiences.flatMap((a) => a.segments.map((s) => `${a.id}@${s.system}`));
  const near = nearest(written, all);
  return new AuditorError(
    "config",
    written.slice(0, 120),
    "there is no such segment in the configuration; they are written AUDIENCE@SYSTEM",
    near === null ? `use one of ${all.slice(0, SHOWN).join(", ")}` : `did you mean ${near}?`,
  );
}
