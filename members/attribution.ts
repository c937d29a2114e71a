import type { Flow, Telling } from "../core/attribution.ts";
import type { SystemId } from "../core/model.ts";
import { type CompareInput, type Panel, panelOf } from "./compare-panel.ts";
import { BOUNCED, MAILABLE, MAILABLE_KNOWN, STATE_BITS } from "./consent-byte.ts";
import { EXPECTED, Judge } from "./judge.ts";
import { eachKindAndPerson, isFor, type StoredKernel, storedKernel } from "./kernel/each-kind.ts";
import type { Looks } from "./kernel/kind-layout.ts";
import type { Keys } from "./keys.ts";
import { rowOfKind, rowsOfKinds } from "./looks.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { MAX_INPUTS, mergePartitions } from "./merge.ts";
import { MovementTally } from "./movement-tally.ts";
import type { ComparedColumn } from "./value-changes.ts";

export type MovementInput = {
  readonly system: SystemId;
  readonly now: MemberSet;
  /** Of the complete reading before. */
  readonly previous: MemberSet;
  /** Everybody in the system at the same two readings; null: not known. */
  readonly base: { readonly now: MemberSet; readonly previous: MemberSet } | null;
  /** This segment and its owner; null: this is the owner, or it was not read completely. */
  readonly compare: CompareInput | null;
  /** Attribute → values that its rule lists. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly keys: Keys;
};

/** What became of whom, in people: `rekeyed`, `records`, `changed` and `alike` are everybody who came or left. */
export type Movement = {
  readonly before: number;
  readonly now: number;
  /** Could people be looked up in the whole system? */
  readonly lookedUp: boolean;
  /** Their record is in the system under another identifier, with the same id. */
  readonly rekeyed: Flow;
  /** Records made and deleted. */
  readonly records: Flow;
  /** Changed in a way that tells, or as the owner says now. */
  readonly changed: Flow;
  /** Nothing about them changed, or nothing is known. */
  readonly alike: Flow;
  /** Of `changed`: with another value that tells. */
  readonly values: Flow;
  /** As the owner says now, whatever became of them; null: not compared. */
  readonly owner: Flow | null;
  readonly left: Telling | null;
  readonly came: Telling | null;
  /** Keys of the whole system: gone, and new. */
  readonly keys: Flow;
};

/**
 * Looks up what became of everybody who came into or left a segment between two complete readings. One merge over the
 * sets, a partition at a time; kept are counts and, of records whose key is new or gone, a fingerprint of their id.
 *
 * @param kernel counts people of large sets who look alike together, with the same result; null: the reference does it
 * @throws AuditorError as `compareSets`; bad_data when a file is damaged
 */
export async function movementOf(
  i: MovementInput,
  kernel: StoredKernel | null = storedKernel(),
): Promise<Movement> {
  const panel = i.compare === null ? null : panelOf(i.compare);
  const inputs: MemberSet[] = [...(panel?.inputs ?? [])];
  const place = (set: MemberSet): number => {
    const known = inputs.findIndex((s) => s.path === set.path);
    return known >= 0 ? known : inputs.push(set) - 1;
  };
  const places = {
    now: place(i.now),
    before: place(i.previous),
    base: i.base === null ? -1 : place(i.base.now),
    baseBefore: i.base === null ? -1 : place(i.base.previous),
  };
  // So many lists keep people out of this one that they do not fit into one merge: then the owner is left out.
  if (inputs.length > MAX_INPUTS && i.compare !== null) return movementOf({ ...i, compare: null }, kernel);
  const seat = panel?.seats.findIndex((s) => s.system === i.system) ?? -1;
  const tally = new MovementTally(i.base, i.values, i.keys, panel !== null);
  const mover = new Mover(places, tally, panel, seat);
  if (isFor(kernel, inputs)) await byKind(kernel, inputs, mover, looksOf(places, tally.compared));
  else await byPerson(inputs, i.now.partitions, mover);
  return tally.result();
}

/** Indices of the merge; −1: the whole system is not known. */
type Places = {
  readonly now: number;
  readonly before: number;
  readonly base: number;
  readonly baseBefore: number;
};

/** Tells the tally of one person, or of people who look alike, of the partitions at hand. */
class Mover {
  readonly #places: Places;
  readonly #tally: MovementTally;
  readonly #judge: Judge | null;
  readonly #seat: number;
  /** Does the segment ask for values of the owner? */
  readonly #where: boolean;
  #parts: readonly Partition[] = [];

  constructor(places: Places, tally: MovementTally, panel: Panel | null, seat: number) {
    this.#places = places;
    this.#tally = tally;
    this.#judge = panel === null ? null : new Judge(panel);
    this.#seat = seat;
    this.#where = (panel?.seats[seat]?.where.length ?? 0) > 0;
  }

  open(parts: readonly Partition[]): void {
    const { base, baseBefore } = this.#places;
    this.#parts = parts;
    this.#judge?.open(parts);
    if (base >= 0) this.#tally.open(parts[base] as Partition, parts[baseBefore] as Partition);
  }

  people(at: Int32Array, people: number): void {
    const { now, before, base, baseBefore } = this.#places;
    const is = this.#row(now, at) >= 0;
    const was = this.#row(before, at) >= 0;
    let agrees = false;
    if (is !== was && this.#judge !== null) {
      this.#judge.look(at);
      agrees = ((this.#judge.flags(this.#seat) & EXPECTED) !== 0) === is;
    }
    this.#tally.person(is, was, agrees, this.#row(base, at), this.#row(baseBefore, at), people);
  }

  /** Must people who look like this be told of one by one? */
  perPerson(at: Int32Array): boolean {
    const { now, before, base, baseBefore } = this.#places;
    if (this.#where && this.#row(now, at) >= 0 !== this.#row(before, at) >= 0) return true;
    return this.#tally.perPerson(this.#row(base, at), this.#row(baseBefore, at));
  }

  /** The row of somebody who was there in that reading, else −1: rows of people who left stay as history. */
  #row(input: number, at: Int32Array): number {
    const row = input < 0 ? -1 : (at[input] as number);
    return row >= 0 && (((this.#parts[input] as Partition).presence[2 * row] as number) & 1) === 1 ? row : -1;
  }
}

async function byPerson(inputs: readonly MemberSet[], partitions: number, mover: Mover): Promise<void> {
  for (let p = 0; p < partitions; p++) {
    const parts = await Promise.all(inputs.map((set) => set.load(p)));
    mover.open(parts);
    mergePartitions(parts, (_key, at) => mover.people(at, 1));
  }
}

/** Presence in this reading; of the whole system consent, too. */
const HERE = 1n;
const HERE_AND_CONSENT = HERE | (BigInt(STATE_BITS | MAILABLE_KNOWN | MAILABLE | BOUNCED) << 32n);

function looksOf({ base, baseBefore }: Places, compared: readonly ComparedColumn[]): Looks {
  return {
    owner: Math.max(0, base),
    bits: HERE,
    own: base < 0 ? {} : { [base]: HERE_AND_CONSENT, [baseBefore]: HERE_AND_CONSENT },
    fields: compared.map((c) => ({ ownerColumn: c.now, set: baseBefore, column: c.before })),
    prints: compared.filter((c) => c.valued).map((c) => c.now),
  };
}

async function byKind(
  kernel: StoredKernel,
  inputs: readonly MemberSet[],
  mover: Mover,
  looks: Looks,
): Promise<void> {
  const row = new Int32Array(inputs.length);
  await eachKindAndPerson(kernel, inputs, looks, {
    wants(kinds, kind) {
      mover.open(kinds.parts);
      return mover.perPerson(rowOfKind(kinds, kind, row));
    },
    visit(parts, at) {
      mover.open(parts);
      mover.people(at, 1);
    },
    take(kinds) {
      mover.open(kinds.parts);
      rowsOfKinds(kinds, (at, people) => {
        if (!mover.perPerson(at)) mover.people(at, people);
      });
    },
  });
}
