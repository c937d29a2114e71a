import type { ConsentState } from "../../core/model.ts";
import { consentIn, exists, inList, isMailable, type Packed } from "./copies.ts";
import { LISTS } from "./population.ts";
import type { AttributeName, AudienceName, SystemName } from "./truth.ts";

/** One segment, or with audience null one system's base, whose history is to be written. */
export type HistoryTarget = {
  readonly audience: AudienceName | null;
  readonly system: SystemName;
  /** Attributes with a fingerprint column, as the configuration tracks them. */
  readonly attributes: readonly AttributeName[];
  /** Absolute path of the set file for the last day. */
  readonly file: string;
};

/** Does a record belong to the target? The same answer as reading the system itself gives. */
export function belongs({
  audience,
  system,
}: Pick<HistoryTarget, "audience" | "system">): (p: Packed) => boolean {
  const list = LISTS.find((l) => l === audience);
  if (list) return (p) => inList(p, list);
  if (audience === null) return exists;
  const out = audience === "do_not_contact";
  if (system === "ghost") return (p) => exists(p) && isMailable(p) !== out;
  return (p) => exists(p) && (consentIn(p) !== "subscribed") === out;
}

/** What a reader of this system says about the record. */
export function toldBy(system: SystemName, p: Packed): { consent: ConsentState; mailable: boolean | null } {
  if (system !== "ghost") return { consent: consentIn(p), mailable: null };
  if (isMailable(p)) return { consent: "subscribed", mailable: true };
  return { consent: consentIn(p) === "complained" ? "complained" : "unsubscribed", mailable: false };
}

/** Presence of everybody in one target: a word of 64 bits each, the newest reading lowest. */
export class Presence {
  lo = new Uint32Array(0);
  hi = new Uint32Array(0);
  /** Complete readings so far. */
  reads = 0;

  /** Takes one complete reading. */
  shift(
    packed: Uint16Array,
    test: (p: Packed) => boolean,
    people: number,
  ): { size: number; entries: number; exits: number } {
    if (this.lo.length < people) {
      [this.lo, this.hi] = [grown(this.lo, people), grown(this.hi, people)];
    }
    const { lo, hi } = this;
    let [size, entries, exits] = [0, 0, 0];
    for (let i = 0; i < people; i++) {
      const was = lo[i] ?? 0;
      const is = test(packed[i] ?? 0) ? 1 : 0;
      hi[i] = ((hi[i] ?? 0) << 1) | (was >>> 31);
      lo[i] = (was << 1) | is;
      size += is;
      if (is > (was & 1)) entries++;
      else if (is < (was & 1)) exits++;
    }
    this.reads += 1;
    return { size, entries, exits };
  }

  now = (i: number): boolean => ((this.lo[i] ?? 0) & 1) !== 0;
  before = (i: number): boolean => ((this.lo[i] ?? 0) & 2) !== 0;
}

function grown(words: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length);
  longer.set(words);
  return longer;
}
