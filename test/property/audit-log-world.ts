import fc from "fast-check";
import { type ChainEntry, canonicalJson, hashOf, NOTHING_BEFORE } from "../../store/audit-chain.ts";
import type { Anchor, Item } from "../../store/verify-chain.ts";

/** Anything that a program may put into an entry; `refs` look like people. */
const words = fc.oneof(
  fc.constantFrom("plan.approved", "plan.ended", "PL-81", "INC-1042", "person:4f0c", "local"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const details = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });

export type Written = Omit<ChainEntry, "seq" | "prev" | "hash">;
const written: fc.Arbitrary<Written> = fc
  .record({
    at: fc.date({ min: new Date("2026-01-01"), max: new Date("2027-01-01"), noInvalidDate: true }),
    actor: words,
    action: words,
    object: words,
    detail: details,
  })
  .map((w) => ({
    ...w,
    at: w.at.toISOString(),
    detail: canonicalJson(JSON.parse(JSON.stringify(w.detail))),
  }));

/** Chains entries as the store does: from the first, or after one that is there. */
export function chained(entries: readonly Written[], after = { seq: 0, hash: NOTHING_BEFORE }): ChainEntry[] {
  let last = after;
  return entries.map((e) => {
    const body = { ...e, seq: last.seq + 1, prev: last.hash };
    const entry = { ...body, hash: hashOf(body) };
    last = entry;
    return entry;
  });
}

export const logs = (min: number, max: number): fc.Arbitrary<ChainEntry[]> =>
  fc.array(written, { minLength: min, maxLength: max }).map((entries) => chained(entries));

export const anchorOf = (e: ChainEntry): Anchor => ({
  seq: e.seq,
  hash: e.hash,
  at: "2026-11-26T15:00:00.000Z",
});

export type Tampering = {
  readonly how: string;
  readonly log: readonly Item[];
  /** What the verifier must say; null: only that something is wrong. */
  readonly what: string | null;
  readonly seq: number | null;
  /** Every hash fits the next again: nobody can tell without an anchor. */
  readonly rehashed: boolean;
};

type Rng = (below: number) => number;

const flip = (hex: string, at: number): string =>
  hex.slice(0, at) + (hex[at] === "0" ? "1" : "0") + hex.slice(at + 1);

const FIELDS: Readonly<Record<string, (e: ChainEntry, rng: Rng) => ChainEntry>> = {
  seq: (e, rng) => ({ ...e, seq: e.seq + 1 + rng(2000) }),
  at: (e, rng) => ({ ...e, at: new Date(Date.parse(e.at) + 1 + rng(1e9)).toISOString() }),
  "at, below a millisecond": (e) => ({ ...e, at: e.at.replace("Z", "001Z") }),
  actor: (e) => ({ ...e, actor: `${e.actor}x` }),
  "actor and action, moved into one another": (e) => ({
    ...e,
    actor: `${e.actor}","at":"`,
    action: e.action,
  }),
  action: (e) => ({ ...e, action: e.action === "plan.ended" ? "plan.approved" : "plan.ended" }),
  object: (e) => ({ ...e, object: ` ${e.object}` }),
  detail: (e) => ({ ...e, detail: e.detail === "{}" ? '{"a":1}' : "{}" }),
  "detail, spelled otherwise": (e) => ({ ...e, detail: `${e.detail} ` }),
  prev: (e, rng) => ({ ...e, prev: flip(e.prev, rng(64)) }),
  hash: (e, rng) => ({ ...e, hash: flip(e.hash, rng(64)) }),
};

/** Makes the hashes anew from `from` on, numbers too, as somebody would who knows the form. */
const again = (log: readonly ChainEntry[], from: number): ChainEntry[] => {
  const before = log[from - 1];
  return [...log.slice(0, from), ...chained(log.slice(from), before)];
};
const renumbered = (log: readonly ChainEntry[]): ChainEntry[] => log.map((e, i) => ({ ...e, seq: i + 1 }));
const swapped = (log: readonly ChainEntry[], i: number, j: number): ChainEntry[] =>
  log.map((e, k) => (k === i ? (log[j] ?? e) : k === j ? (log[i] ?? e) : e));

/** One of the ways to falsify a log, at a place of chance. `log` has 3 entries or more. */
export function tamper(log: readonly ChainEntry[], rng: Rng): Tampering {
  const i = rng(log.length);
  const j = (i + 1 + rng(log.length - 1)) % log.length;
  const at = log[i];
  if (at === undefined) throw new RangeError("an index of the log is in the log");
  const field = Object.keys(FIELDS)[rng(Object.keys(FIELDS).length)] ?? "";
  const edit = FIELDS[field] ?? ((e: ChainEntry) => e);
  const forged: ChainEntry = { ...at, object: `${at.object}, forged` };
  const with_ = (e: ChainEntry) => log.map((x, k) => (k === i ? e : x));
  const without = log.filter((_, k) => k !== i);
  const between = [...log.slice(0, i), { ...forged, hash: hashOf(forged) }, ...log.slice(i)];
  const last = i === log.length - 1;
  const [low, high] = [Math.min(i, j), Math.max(i, j)];
  const said = (
    how: string,
    t: readonly Item[],
    what: string | null,
    seq: number | null,
    rehashed = false,
  ) => ({
    how,
    log: t,
    what,
    seq,
    rehashed,
  });
  const kinds: readonly (() => Tampering)[] = [
    () => said(`edit ${field}`, with_(edit(at, rng)), "edited", at.seq),
    () =>
      said(
        "a line that nobody wrote",
        log.map((x, k) => (k === i ? null : x)),
        "edited",
        at.seq,
      ),
    () => {
      const e = edit(at, rng);
      const own = { ...e, hash: hashOf(e) };
      // of the last entry the hash is in no other: as if made anew
      return said(
        `edit ${field} and its own hash`,
        with_(own),
        field === "hash" ? null : "edited",
        null,
        last,
      );
    },
    () => said("delete", without, last ? "tail_cut" : "deleted", at.seq, last),
    () => said("delete, numbers closed up", renumbered(without), last ? "tail_cut" : "deleted", at.seq, last),
    () => said("insert a copy", [...log.slice(0, i), forged, ...log.slice(i)], "inserted", at.seq),
    () => said("insert with a hash of its own", between, null, null),
    () => said("insert, numbers pushed back", renumbered(between), null, null),
    () => said("swap", swapped(log, i, j), "reordered", low + 1),
    () => said("swap, numbers kept", renumbered(swapped(log, i, j)), "reordered", low + 1),
    () => said("move", moved(log, low, high), "reordered", low + 1),
    () =>
      said(
        "turn round",
        [...log.slice(0, low), ...log.slice(low, high + 1).reverse(), ...log.slice(high + 1)],
        "reordered",
        low + 1,
      ),
    () => said("cut the tail", log.slice(0, i), "tail_cut", i + 1, true),
    () =>
      said(
        "cut the head",
        log.slice(i + 1),
        i + 1 === log.length ? "tail_cut" : "deleted",
        1,
        i + 1 === log.length,
      ),
    () => said("edit and make all hashes anew", again(with_(forged), i), "edited", null, true),
    () => said("delete and make all hashes anew", again(without, i), null, null, true),
    () => said("insert and make all hashes anew", again(between, i), "edited", null, true),
    () => said("swap and make all hashes anew", again(swapped(log, i, j), low), "edited", null, true),
  ];
  return (kinds[rng(kinds.length)] ?? kinds[0])?.() ?? said("nothing", log, null, null);
}

function moved(log: readonly ChainEntry[], from: number, to: number): ChainEntry[] {
  const left = log.filter((_, k) => k !== from);
  const one = log[from];
  return one === undefined ? left : [...left.slice(0, to), one, ...left.slice(to)];
}
