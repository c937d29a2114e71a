import type { Attribution, ChangePart, Flow } from "../core/attribution.ts";
import type { KnownChange } from "../core/finding.ts";
import type { AudienceId, Snapshot, SystemId } from "../core/model.ts";
import type { Movement } from "../members/attribution.ts";
import { metric } from "./readings.ts";

export type Readings = {
  readonly latest: Snapshot;
  readonly before: Snapshot;
  /** The reading before that one, if it is known. */
  readonly earlier: Snapshot | null;
  readonly baseLatest: Snapshot | null;
  readonly baseBefore: Snapshot | null;
};

const WAYS = ["came", "left"] as const;
type Way = (typeof WAYS)[number];

/**
 * Shares a change out among its causes. Everybody counts once, in this order: a reading that is odd as a whole; the
 * same record under another identifier, or under none; people who changed or whose record was made or deleted; what a
 * reading lacks of the total that its system declares; a changed definition for whom nothing else changed. The rest is
 * not explained.
 *
 * @param rule a change of this segment's definition between the two readings
 */
export function attributionOf(
  segment: { readonly audience: AudienceId; readonly system: SystemId },
  m: Movement,
  r: Readings,
  rule: KnownChange | null,
): Attribution {
  const older = r.latest.asOf < r.before.asOf || (r.earlier !== null && r.before.asOf < r.earlier.asOf);
  const shares = { came: sharesOf("came", m, r, older), left: sharesOf("left", m, r, older) };
  const part = (of: (s: Shares) => number): Flow => ({ came: of(shares.came), left: of(shares.left) });
  const rest = part((s) => s.rest);
  const snapshot = part((s) => s.snapshot);
  const none: Flow = { came: 0, left: 0 };
  const parts: Record<ChangePart, Flow> = {
    rule: rule === null ? none : rest,
    data: part((s) => s.records + s.changed),
    identity: part((s) => s.identity),
    snapshot,
    unexplained: rule === null ? rest : none,
  };
  return {
    ...segment,
    runId: r.latest.runId,
    from: r.before.takenAt,
    to: r.latest.takenAt,
    before: m.before,
    now: m.now,
    parts,
    lookedUp: m.lookedUp,
    data: { records: part((s) => s.records), values: older ? none : m.values, owner: older ? null : m.owner },
    odd: snapshot.came + snapshot.left === 0 ? null : older ? "older" : "short",
    rule: rule === null ? null : { at: rule.at, certainty: rule.certainty, text: rule.text },
    left: older ? null : m.left,
    came: older ? null : m.came,
  };
}

type Shares = Record<"identity" | "records" | "changed" | "snapshot" | "rest", number>;

function sharesOf(way: Way, m: Movement, r: Readings, older: boolean): Shares {
  const alone = m.rekeyed[way] + m.records[way];
  if (older)
    return {
      identity: 0,
      records: 0,
      changed: 0,
      rest: 0,
      snapshot: alone + m.changed[way] + m.alike[way],
    };
  // Records still on the list that lost an identifier of their own: the rows are there, the people are not.
  const keyless = grown(way, keylessRecords, r.latest, r.before);
  const fromAlike = m.lookedUp ? 0 : Math.min(m.alike[way], keyless);
  const fromAlone = Math.max(m.rekeyed[way], Math.min(alone, keyless));
  const shortBase = grown(way, shortfall, r.baseLatest, r.baseBefore);
  // The base lacks them all over the system; this list's part of it is as large as its part of those who are gone.
  const unread = Math.round((alone - fromAlone) * Math.min(1, shortBase / Math.max(1, m.keys[way])));
  const short = Math.min(m.alike[way] - fromAlike, grown(way, shortfall, r.latest, r.before));
  return {
    identity: fromAlone + fromAlike,
    records: alone - fromAlone - unread,
    changed: m.changed[way],
    snapshot: unread + short,
    rest: m.alike[way] - fromAlike - short,
  };
}

/** By how much something that takes people away grew (for those who left) or shrank (for those who came). */
function grown(
  way: Way,
  of: (s: Snapshot) => number | null,
  latest: Snapshot | null,
  before: Snapshot | null,
): number {
  const now = latest === null ? null : of(latest);
  const then = before === null ? null : of(before);
  if (now === null || then === null) return 0;
  return Math.max(0, way === "left" ? now - then : then - now);
}

const keylessRecords = (s: Snapshot): number | null => {
  const [duplicates, invalid] = [metric(s, "duplicates"), metric(s, "invalid")];
  return duplicates === null || invalid === null ? null : duplicates + invalid;
};

/** Records that the system says there are and the reading did not bring. */
const shortfall = (s: Snapshot): number | null => {
  const [declared, records] = [metric(s, "declared"), metric(s, "records")];
  return declared === null || records === null ? null : Math.max(0, declared - records);
};

/** The latest change of this segment's own definition after the one reading and by the time of the other's verdict. */
export const ruleChange = (
  segment: { readonly audience: AudienceId; readonly system: SystemId },
  changes: readonly KnownChange[],
  after: string,
  until: string,
): KnownChange | null =>
  changes.findLast(
    (c) => c.audience === segment.audience && c.system === segment.system && c.at > after && c.at <= until,
  ) ?? null;

/** So many people came and left, whatever for. */
export const totalOf = (a: Attribution, way: Way): number =>
  Object.values(a.parts).reduce((sum, flow) => sum + flow[way], 0);
