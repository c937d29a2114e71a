import { type Instant, instant, type RunId, type SystemId } from "../core/model.ts";
import type { LastAgreed } from "../core/three-way.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { openProven } from "./proven-set.ts";
import type { SetBodies } from "./set-bodies.ts";
import { AGREED_MAGIC, damaged, type SetHead } from "./set-file.ts";
import { isTexts, isTime } from "./set-head.ts";
import { SetWriter } from "./set-writer.ts";

/**
 * What owner and copies of one audience last agreed on. The file has the layout of a member set (set-file.ts): of the
 * presence words the low one has a bit per copy "both had them", the high one a bit per copy "never agreed yet"; neither
 * bit: neither had them. Columns, per copy: when that was (seconds), then the last agreed fingerprint of each field, 0:
 * none. Whoever has no row is in no copy and not at the owner. Holds keyed hashes only, and they are personal data.
 */
export type AgreedHead = {
  readonly owner: SystemId;
  readonly runId: RunId;
  /** In the order of the bits. A copy that is not here was never read completely beside the owner. */
  readonly copies: readonly {
    readonly system: SystemId;
    /** When owner and this copy were last looked at together. */
    readonly asOf: Instant;
  }[];
  readonly fields: readonly string[];
};

/** A copy has a bit in each half of the presence word. */
const PRESENCE_BITS = 32;

export type AgreedState = AgreedHead & {
  readonly path: string;
  readonly identity: MemberSet["identity"];
  readonly epoch: number;
  readonly asOf: Instant;
  readonly partitions: number;
  load(p: number): Promise<Partition>;
  bodies(): SetBodies;
  close(): Promise<void>;
};

export const columnsOf = (head: Pick<AgreedHead, "copies" | "fields">): readonly string[] =>
  head.copies.flatMap((c) => [`${c.system} at`, ...head.fields.map((f) => `${c.system} ${f}`)]);

/** First column of copy `c`: its time; its fields follow. */
export const columnOf = (fields: number, c: number): number => c * (1 + fields);

/**
 * Opens the file and proves every partition of it: it must not turn out to be damaged half-way through a plan.
 *
 * @param open `openSet` where it may turn out to be damaged later
 * @throws AuditorError not_found, or bad_data; to whoever asks, both mean that nothing was agreed
 */
export async function openAgreed(path: string, open = openProven): Promise<AgreedState> {
  const set = await open(path, AGREED_MAGIC);
  try {
    const state = set as MemberSet & Partial<AgreedHead>;
    const { owner, runId, copies, fields } = state;
    if (!isText(owner) || !isText(runId) || !areCopies(copies) || !isTexts(fields))
      throw damaged(path, "its head does not say what was agreed");
    if (set.attributes.length !== columnsOf({ copies, fields }).length)
      throw damaged(path, "its columns are not those of its copies");
    return { ...set, owner, runId, copies, fields };
  } catch (e) {
    await set.close();
    throw e;
  }
}

const isText = (value: unknown): value is string => typeof value === "string";

/** A checksum does not tell what a head says; see set-head.ts. */
const areCopies = (value: unknown): value is AgreedHead["copies"] =>
  Array.isArray(value) &&
  value.length <= PRESENCE_BITS &&
  value.every(
    (copy: unknown) =>
      typeof copy === "object" &&
      copy !== null &&
      "system" in copy &&
      isText(copy.system) &&
      "asOf" in copy &&
      isTime(copy.asOf),
  );

export const agreedWriter = (path: string): Promise<SetWriter> =>
  SetWriter.create(path, { magic: AGREED_MAGIC });

export const headOf = (
  head: AgreedHead,
  like: Pick<SetHead, "identity" | "epoch" | "asOf">,
  size: number,
): SetHead & AgreedHead => ({
  ...head,
  identity: like.identity,
  epoch: like.epoch,
  asOf: like.asOf,
  attributes: columnsOf(head),
  ordinal: null,
  reads: 1,
  size,
});

/** What was last agreed, row by row of a merge. `row` −1: the person has none. */
export class AgreedRows {
  readonly #state: AgreedState | null;
  #part: Partition | null = null;

  constructor(state: AgreedState | null) {
    this.#state = state;
  }

  open(part: Partition | null): void {
    this.#part = part;
  }

  /** Index of a copy; −1: nothing is kept for it. */
  copy(system: SystemId): number {
    return this.#state?.copies.findIndex((c) => c.system === system) ?? -1;
  }

  agreement(c: number, row: number): LastAgreed {
    if (c < 0) return "none";
    if (row < 0) return "out";
    const { presence } = this.#part as Partition;
    if (((presence[2 * row] as number) >>> c) & 1) return "in";
    return ((presence[2 * row + 1] as number) >>> c) & 1 ? "never" : "out";
  }

  /** Seconds since 1970 at which that was; 0: not known. */
  seconds(c: number, row: number): number {
    if (c < 0 || this.#state === null) return 0;
    const kept = row < 0 ? 0 : this.#column(columnOf(this.#state.fields.length, c), row);
    if (kept !== 0 || this.agreement(c, row) !== "out") return kept;
    // nobody's row tells when they were last nowhere: it was at the last look
    return secondsOf((this.#state.copies[c] as AgreedHead["copies"][number]).asOf);
  }

  at(c: number, row: number): Instant | null {
    const seconds = this.seconds(c, row);
    return seconds === 0 ? null : instant(new Date(seconds * 1000));
  }

  /** Fingerprint last agreed; 0: none. */
  print(c: number, field: string, row: number): number {
    return this.printIn(this.column(c, field), row);
  }

  /** Where a field of a copy is kept; −1: it is not. */
  column(c: number, field: string): number {
    const f = this.#state?.fields.indexOf(field) ?? -1;
    return c < 0 || f < 0 || this.#state === null ? -1 : columnOf(this.#state.fields.length, c) + 1 + f;
  }

  printIn(column: number, row: number): number {
    return column < 0 || row < 0 ? 0 : this.#column(column, row);
  }

  #column(column: number, row: number): number {
    const { prints } = this.#part as Partition;
    return (prints[column] as Uint32Array)[row] as number;
  }
}

export const secondsOf = (at: Instant): number => Math.floor(Date.parse(at) / 1000);
