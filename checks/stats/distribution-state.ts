import { CategoryTable } from "./category-table.ts";
import { OwnTail } from "./own-tail.ts";
import { ShareBank } from "./share-bank.ts";
import type { ShareModelState } from "./share-model.ts";
import { ShiftRun, type ShiftRunState } from "./shift-run.ts";
import { type ShortVisit, ShortVisits } from "./short-visits.ts";
import { SlowShift, type SlowShiftState } from "./slow-shift.ts";
import { Unrest } from "./unrest.ts";

const VERSION = 1;
/** Memory of the slow means: about 2, 4 and 10 days. */
const RATES = [0.5, 0.25, 0.1];

/** Everything that a stream of distributions remembers. */
export class DistributionState {
  table = new CategoryTable();
  /** null before the first point. */
  bank: ShareBank | null = null;
  slow: SlowShift[] = RATES.map((rate) => new SlowShift(rate));
  /** Time of the last point that was used. */
  last: number | null = null;
  /** Points learned from. */
  points = 0;
  /** 1 / people, as usual. */
  perPerson = 0;
  /** How far the shares have been from the stillest model lately. */
  away: number[] = [];
  unrest = new Unrest();
  tail = new OwnTail();
  run: ShiftRun | null = null;
  /** Shares before the last new normal, and the last day on which they would still be known. */
  old: { shares: number[]; until: number } | null = null;
  visits = new ShortVisits();

  toJSON(): KeptDistribution {
    return {
      version: VERSION,
      names: this.table.names,
      bank: this.bank?.toJSON() ?? null,
      slow: this.slow.map((q) => q.toJSON()),
      last: this.last,
      points: this.points,
      perPerson: this.perPerson,
      away: this.away,
      unrest: { ratios: this.unrest.ratios, points: this.unrest.points },
      tail: { excess: this.tail.excess, weight: this.tail.weight },
      run: this.run?.state ?? null,
      old: this.old,
      visits: this.visits.list,
    };
  }
}

export type KeptDistribution = {
  readonly version: number;
  readonly names: readonly string[];
  readonly bank: readonly ShareModelState[] | null;
  readonly slow: readonly SlowShiftState[];
  readonly last: number | null;
  readonly points: number;
  readonly perPerson: number;
  readonly away: readonly number[];
  readonly unrest: { readonly ratios: readonly number[]; readonly points: number };
  readonly tail: { readonly excess: number; readonly weight: number };
  readonly run: ShiftRunState | null;
  readonly old: { readonly shares: readonly number[]; readonly until: number } | null;
  readonly visits: readonly ShortVisit[];
};

/** @throws RangeError when it was kept by another version: the caller learns the history anew */
export function restore(kept: unknown): DistributionState {
  const s = new DistributionState();
  if (kept === null) return s;
  const k = structuredClone(kept) as KeptDistribution;
  if (k.version !== VERSION)
    throw new RangeError(`state of version ${k.version}, this program keeps ${VERSION}`);
  s.table = new CategoryTable(k.names);
  s.bank = k.bank === null ? null : ShareBank.from(k.bank);
  s.slow = k.slow.map((q) => SlowShift.from(q));
  s.last = k.last;
  s.points = k.points;
  s.perPerson = k.perPerson;
  s.away = [...k.away];
  s.unrest = new Unrest(k.unrest);
  s.tail = new OwnTail(k.tail);
  s.run = k.run === null ? null : new ShiftRun(k.run);
  s.old = k.old === null ? null : { shares: [...k.old.shares], until: k.old.until };
  s.visits = new ShortVisits(k.visits);
  return s;
}
