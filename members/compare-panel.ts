import type { Purpose } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type { AudienceId, SystemId } from "../core/model.ts";
import { fingerprinter } from "./fingerprint.ts";
import { FLIP_WINDOW, type FlipRule, returnWithin } from "./flips.ts";
import type { Keys } from "./keys.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { MAX_INPUTS } from "./merge.ts";

export type SegmentInput = {
  readonly system: SystemId;
  readonly set: MemberSet;
  /** Everybody in the system; null: not readable. */
  readonly base: MemberSet | null;
  /** Only people whose owner record has one of these values belong here. */
  readonly where: Readonly<Record<string, readonly string[]>> | null;
  /** Runs of the readings that the presence bits stand for, newest first; without them flips cannot be set against the owner's. */
  readonly runs?: readonly string[] | null;
};

/** A list whose people are expected nowhere: suppressed, ineligible, held out. */
export type ExcludedInput = {
  readonly list: AudienceId;
  /** The owner's. */
  readonly set: MemberSet;
  /** They opted out, so that being mailable is wrong too; the ineligible and held out did not. */
  readonly optOut: boolean;
};

export type CompareInput = {
  readonly purpose: Purpose;
  readonly owner: SystemId;
  /** One per system, the owner's among them. */
  readonly segments: readonly SegmentInput[];
  /** Each list once. Ignored for a suppression audience. */
  readonly excluded: readonly ExcludedInput[];
  readonly keys: Keys;
  /** Hours between two readings: decides how soon somebody must be back for a flip. Default 24. */
  readonly hours?: number;
};

/** One system at the table: its inputs by index, and what is needed to judge a person there. */
export type Seat = {
  readonly system: SystemId;
  readonly set: number;
  /** −1: not readable. */
  readonly base: number;
  /** The owner's column and the prints allowed in it. */
  readonly where: readonly { readonly column: number; readonly allowed: readonly number[] }[];
  /** Per attribute of the owner: its column here, or −1. */
  readonly columns: readonly number[];
  readonly flips: FlipRule;
  readonly runs: readonly string[] | null;
  /** Readings that the presence words cover. */
  readonly reads: number;
};

/** All inputs of one comparison in one order, each file once. */
export type Panel = {
  readonly inputs: readonly MemberSet[];
  readonly seats: readonly Seat[];
  /** Index of the owner's seat. */
  readonly owner: number;
  readonly excluded: readonly {
    readonly input: number;
    readonly list: AudienceId;
    readonly optOut: boolean;
  }[];
  readonly suppression: boolean;
  readonly attributes: readonly string[];
  load(p: number): Promise<readonly Partition[]>;
};

const refuse = (what: string, fix: string): AuditorError =>
  new AuditorError("config", "comparison", what, fix);

/** @throws AuditorError config when the inputs do not belong together, stale when their key epochs differ */
export function panelOf(i: CompareInput): Panel {
  const inputs: MemberSet[] = [];
  const place = (set: MemberSet): number => {
    const known = inputs.findIndex((s) => s.path === set.path);
    return known >= 0 ? known : inputs.push(set) - 1;
  };
  const owner = i.segments.findIndex((s) => s.system === i.owner);
  const ownerSet = i.segments[owner]?.set;
  if (ownerSet === undefined)
    throw refuse(
      `the owner ${i.owner} is not among the segments`,
      "compare only when the owner was read completely",
    );
  if (new Set(i.segments.map((s) => s.system)).size !== i.segments.length)
    throw refuse("a system has two segments", "give one segment per system");

  const print = fingerprinter(i.keys);
  const hours = i.hours ?? 24;
  const seats = i.segments.map(
    (segment, s): Seat => ({
      system: segment.system,
      set: place(segment.set),
      base: segment.base === null ? -1 : place(segment.base),
      where:
        s === owner
          ? []
          : Object.entries(segment.where ?? {}).map(([name, values]) => {
              const column = ownerSet.attributes.indexOf(name);
              if (column < 0)
                throw refuse(
                  `\`where\` of ${segment.system} asks for ${name}, which ${i.owner} does not give`,
                  `map the attribute in ${i.owner}, or take it out of \`where\``,
                );
              return { column, allowed: values.map(print) };
            }),
      columns: ownerSet.attributes.map((name) => segment.set.attributes.indexOf(name)),
      flips: { bits: Math.min(FLIP_WINDOW, segment.set.reads), within: returnWithin(hours), hours },
      runs: segment.runs ?? null,
      reads: segment.set.reads,
    }),
  );
  const suppression = i.purpose === "suppression";
  const excluded = suppression ? [] : i.excluded.map(({ set, ...e }) => ({ ...e, input: place(set) }));
  checkTogether(inputs, ownerSet);
  return {
    inputs,
    seats,
    owner,
    excluded,
    suppression,
    attributes: ownerSet.attributes,
    load: (p) => Promise.all(inputs.map((set) => set.load(p))),
  };
}

function checkTogether(inputs: readonly MemberSet[], owner: MemberSet): void {
  if (inputs.length > MAX_INPUTS)
    throw refuse(`${inputs.length} member sets at once; at most ${MAX_INPUTS}`, "split the audience");
  for (const set of inputs) {
    if (set.epoch !== owner.epoch) {
      throw new AuditorError(
        "stale",
        set.path,
        `made with key epoch ${set.epoch}, the owner's set with ${owner.epoch}`,
        "audit again, so that all sets have the new key",
      );
    }
    if (set.identity !== owner.identity) {
      throw refuse(
        `one set names people by ${set.identity}, the owner's by ${owner.identity}`,
        "use one identity for the audience and those it excludes",
      );
    }
  }
}
