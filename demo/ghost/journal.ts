import { Journal, type JournalEntry } from "../sim/journal.ts";
import type { SimMember } from "./model.ts";

/** A member at one moment, in words; labels by name, newsletters by slug. */
export type MemberState = {
  readonly email: string;
  readonly name: string | null;
  readonly note: string | null;
  readonly labels: readonly string[];
  readonly newsletters: readonly string[];
};
/** `op`: add, edit, delete, bulk or import. */
export type GhostEntry = JournalEntry<MemberState>;

const stateOf = (m: SimMember | undefined): MemberState | null =>
  m
    ? {
        email: m.email,
        name: m.name,
        note: m.note,
        labels: m.labels.map((l) => l.name),
        newsletters: m.newsletters.map((n) => n.slug),
      }
    : null;

/** The journal, and what members looked like before their latest changes, which lets reads lag. */
export class GhostJournal {
  readonly #journal: Journal<MemberState>;
  readonly #recent: { readonly atMs: number; readonly id: string; readonly before: SimMember | undefined }[] =
    [];

  constructor(file: string | null) {
    this.#journal = new Journal(file);
  }

  get entries(): readonly GhostEntry[] {
    return this.#journal.entries;
  }

  record(
    atMs: number,
    op: "add" | "edit" | "delete" | "bulk" | "import",
    before: SimMember | undefined,
    after: SimMember | undefined,
  ): void {
    const id = (after ?? before)?.id;
    if (!id) return;
    this.#journal.record(atMs, op, id, stateOf(before), stateOf(after));
    this.#recent.push({ atMs, id, before });
    if (this.#recent.length > 20_000) this.#recent.splice(0, 10_000);
  }

  /** Members as they were `lagMs` ago, in order of their ids. */
  lagged(members: readonly SimMember[], nowMs: number, lagMs: number): readonly SimMember[] {
    const before = new Map<string, SimMember | undefined>();
    for (const change of this.#recent) {
      if (change.atMs > nowMs - lagMs && !before.has(change.id)) before.set(change.id, change.before);
    }
    if (before.size === 0) return members;
    const kept = members.filter((m) => !before.has(m.id));
    for (const member of before.values()) if (member) kept.push(member);
    return kept.sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
