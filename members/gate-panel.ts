import { AuditorError } from "../core/errors.ts";
import { isOptOut, MAILABLE, MAILABLE_KNOWN, STATE_BITS } from "./consent-byte.ts";
import { eachKind, isFor, type StoredKernel, storedKernel } from "./kernel/each-kind.ts";
import { rowsOfKinds } from "./looks.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { MAX_INPUTS, mergePartitions } from "./merge.ts";

/** The lists of one send, all of one identity and key epoch, all complete readings. A set may stand in several places. */
export type GatePanel = {
  /** Lists that it goes to, as the sending system holds them; at least one. */
  readonly includes: readonly MemberSet[];
  /** Lists that it leaves out, as the sending system holds them. */
  readonly excludes: readonly MemberSet[];
  /** Everybody in the sending system; null: not readable. */
  readonly base: MemberSet | null;
  /** Owners' lists of people who must not be contacted. */
  readonly suppressions: readonly MemberSet[];
  /** Owners' lists of people who are kept out of marketing for another reason: ineligible, held out. */
  readonly keptOut: readonly MemberSet[];
  /** What other systems hold of the same people: their consent counts, whatever the sending system says. */
  readonly evidence: readonly MemberSet[];
};

/** Counts of people; each is in at most one of the four groups that must not get it, the first that fits. */
export type GateCounts = {
  /** In a list that it goes to. */
  readonly listed: number;
  /** Of those, in a list that it leaves out. */
  readonly leftOut: number;
  /** Per list that it leaves out, in that order: people whom it alone takes away. */
  readonly leftOutBy: readonly number[];
  /** Neither left out nor known as not mailable in the sending system: who would get it, as far as we know. */
  readonly recipients: number;
  /** Of the recipients, those of whom the sending system does not say whether they can be mailed. */
  readonly unsaid: number;
  readonly erased: number;
  readonly suppressed: number;
  readonly optedOut: number;
  readonly keptOut: number;
  /** People of these groups of whom the sending system does not say whether they can be mailed; in none of them. */
  readonly unsure: Readonly<Record<"erased" | "suppressed" | "optedOut" | "keptOut", number>>;
};

const ERASED = 1;
/** Presence in this reading, and the consent byte. */
const NOW_AND_CONSENT = { owner: 0, bits: 1n | (0xffn << 32n), fields: [], prints: [] } as const;

/**
 * Who would get a send, and who of them must not, in one merge over all its lists: one partition of each set in memory
 * at a time.
 *
 * @param kernel counts people who look alike together, with the same result; null: the reference does it
 * @throws AuditorError config or stale when the sets do not belong together; bad_data when a file is damaged
 */
export async function countGate(
  panel: GatePanel,
  kernel: StoredKernel | null = storedKernel(),
): Promise<GateCounts> {
  const inputs: MemberSet[] = [];
  const place = (set: MemberSet): number => {
    const known = inputs.findIndex((s) => s.path === set.path);
    return known >= 0 ? known : inputs.push(set) - 1;
  };
  const includes = panel.includes.map(place);
  const excludes = panel.excludes.map(place);
  const base = panel.base === null ? [] : [place(panel.base)];
  const suppressions = panel.suppressions.map(place);
  const keptOut = panel.keptOut.map(place);
  const evidence = panel.evidence.map(place);
  checkTogether(inputs);

  const n = {
    listed: 0,
    leftOut: 0,
    leftOutBy: excludes.map(() => 0),
    recipients: 0,
    unsaid: 0,
    erased: 0,
    suppressed: 0,
    optedOut: 0,
    keptOut: 0,
    unsure: { erased: 0, suppressed: 0, optedOut: 0, keptOut: 0 },
  };
  const bytes = new Uint8Array(inputs.length);
  /** 1 where the person is in that input now: a row without the newest presence bit is history. */
  const here = new Uint8Array(inputs.length);
  const anyIn = (list: readonly number[]): boolean => {
    for (let i = 0; i < list.length; i++) if (here[list[i] as number] === 1) return true;
    return false;
  };

  if (isFor(kernel, inputs)) {
    await eachKind(kernel, inputs, NOW_AND_CONSENT, (kinds) =>
      rowsOfKinds(kinds, (at, people) => count(kinds.parts, at, people)),
    );
    return n;
  }
  for (let p = 0; p < (inputs[0]?.partitions ?? 0); p++) {
    const parts = await Promise.all(inputs.map((set) => set.load(p)));
    if (includes.every((i) => parts[i]?.n === 0)) continue;
    mergePartitions(parts, (_key, at) => count(parts, at, 1));
  }
  return n;

  /** @param people so many who look like this */
  function count(parts: readonly Partition[], at: Int32Array, people: number): void {
    for (let i = 0; i < at.length; i++) {
      const row = at[i] as number;
      const part = parts[i] as Partition;
      const now = row < 0 ? 0 : (part.presence[2 * row] as number) & 1;
      here[i] = now;
      bytes[i] = now === 1 ? (part.consent[row] as number) : 0;
    }
    if (!anyIn(includes)) return;
    n.listed += people;
    let outs = 0;
    let by = -1;
    for (let x = 0; x < excludes.length; x++) {
      if (here[excludes[x] as number] === 0) continue;
      outs++;
      by = x;
    }
    if (outs > 0) {
      n.leftOut += people;
      if (outs === 1) n.leftOutBy[by] = (n.leftOutBy[by] as number) + people;
      return;
    }
    let mail = 0;
    for (const i of includes) mail |= bytes[i] as number;
    for (const i of base) mail |= bytes[i] as number;
    const told = (mail & MAILABLE_KNOWN) !== 0;
    if (told && (mail & MAILABLE) === 0) return;
    n.recipients += people;
    if (!told) n.unsaid += people;
    const group = groupOf();
    if (group === null) return;
    if (told) n[group] += people;
    else n.unsure[group] += people;
  }

  /** Of the person at hand. Erased beats everything: nothing of them should be left anywhere. */
  function groupOf(): keyof GateCounts["unsure"] | null {
    let optedOut = false;
    for (let i = 0; i < evidence.length; i++) {
      const byte = bytes[evidence[i] as number] as number;
      if ((byte & STATE_BITS) === ERASED) return "erased";
      if (isOptOut(byte)) optedOut = true;
    }
    for (let i = 0; i < suppressions.length; i++)
      if (((bytes[suppressions[i] as number] as number) & STATE_BITS) === ERASED) return "erased";
    if (anyIn(suppressions)) return "suppressed";
    if (optedOut) return "optedOut";
    return anyIn(keptOut) ? "keptOut" : null;
  }
}

function checkTogether(inputs: readonly MemberSet[]): void {
  const [first] = inputs;
  if (inputs.length > MAX_INPUTS)
    throw new AuditorError(
      "config",
      "gate",
      `${inputs.length} lists at once; at most ${MAX_INPUTS}`,
      "send to fewer lists at once",
    );
  for (const set of inputs) {
    if (set.epoch !== first?.epoch)
      throw new AuditorError(
        "stale",
        set.path,
        `made with key epoch ${set.epoch}, another list with ${first?.epoch}`,
        "audit again, so that all sets have the new key",
      );
    if (set.identity !== first.identity)
      throw new AuditorError(
        "config",
        "gate",
        `one list names people by ${set.identity}, another by ${first.identity}`,
        "use one identity for the audiences of a send",
      );
  }
}
