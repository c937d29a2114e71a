import { appendFileSync } from "node:fs";
import type { SimMember } from "./model.ts";

/** A member at one moment, in words; labels by name, newsletters by slug. */
export type MemberState = {
  readonly email: string;
  readonly name: string | null;
  readonly note: string | null;
  readonly labels: readonly string[];
  readonly newsletters: readonly string[];
};

/** One mutation that a client caused. `effective` is false when nothing changed by it. */
export type JournalEntry = {
  readonly seq: number;
  readonly at: string;
  readonly op: "add" | "edit" | "delete" | "bulk" | "import";
  readonly memberId: string;
  readonly effective: boolean;
  readonly before: MemberState | null;
  readonly after: MemberState | null;
};

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

/** The truth about what was done to the simulator: append-only, in memory and, if wanted, in a file that survives a kill. */
export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #file: string | null;
  /** What members looked like before their latest changes; lets reads lag. */
  readonly #recent: { readonly atMs: number; readonly id: string; readonly before: SimMember | undefined }[] =
    [];

  constructor(file: string | null) {
    this.#file = file;
  }

  record(
    atMs: number,
    op: JournalEntry["op"],
    before: SimMember | undefined,
    after: SimMember | undefined,
  ): void {
    const [was, is] = [stateOf(before), stateOf(after)];
    const id = (after ?? before)?.id;
    if (!id) return;
    const entry: JournalEntry = {
      seq: this.entries.length + 1,
      at: new Date(atMs).toISOString(),
      op,
      memberId: id,
      effective: JSON.stringify(was) !== JSON.stringify(is),
      before: was,
      after: is,
    };
    this.entries.push(entry);
    this.#recent.push({ atMs, id, before });
    if (this.#recent.length > 20_000) this.#recent.splice(0, 10_000);
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
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
