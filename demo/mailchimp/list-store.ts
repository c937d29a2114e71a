import { createHash } from "node:crypto";
import type { Member, MemberState, MergeField, SeedMember, Segment, Status } from "./model.ts";

export const hashOf = (email: string): string => createHash("md5").update(email.toLowerCase()).digest("hex");

export type ListSettings = {
  readonly id: string;
  readonly name: string;
  readonly doubleOptin: boolean;
  readonly created: number;
  readonly mergeFields: MergeField[];
};

/** One audience: its members in the order in which they were last touched, its static and saved segments. */
export class ListStore {
  readonly settings: ListSettings;
  readonly segments = new Map<number, Segment>();
  readonly #members = new Map<string, Member>();
  readonly #forgotten = new Set<string>();
  readonly #byName = new Map<string, Segment>();
  readonly #views = new Map<string, readonly Member[]>();
  readonly #serial: () => number;
  readonly #now: () => number;

  constructor(settings: ListSettings, serial: () => number, now: () => number) {
    this.settings = settings;
    this.#serial = serial;
    this.#now = now;
  }

  get(id: string): Member | undefined {
    return this.#members.get(id);
  }

  all(): Iterable<Member> {
    return this.#members.values();
  }

  isForgotten(id: string): boolean {
    return this.#forgotten.has(id);
  }

  /** A cached list of members, made anew after any change; `key` names what `build` makes. */
  view(key: string, build: () => readonly Member[]): readonly Member[] {
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const built = build();
    this.#views.set(key, built);
    return built;
  }

  make(email: string, status: Status, source: string): Member {
    const at = this.#now();
    const member: Member = {
      n: this.#serial(),
      id: hashOf(email),
      email,
      status,
      hidden: null,
      merge: {},
      tags: [],
      signup: null,
      opt: at,
      changed: at,
      source,
      reason: null,
      compliance: false,
    };
    this.#members.set(member.id, member);
    this.#views.clear();
    return member;
  }

  /** Changes a member, who thereby moves to the end of the order of reading: offsets do not stand still. */
  change(member: Member, edit: Partial<Omit<Member, "n" | "id">>): void {
    Object.assign(member, edit, { changed: this.#now() });
    this.#members.delete(member.id);
    this.#members.set(member.id, member);
    this.#views.clear();
  }

  /** Gone; `forever` also refuses the address from then on. */
  drop(id: string, forever: boolean): void {
    this.#members.delete(id);
    if (forever) this.#forgotten.add(id);
    this.#views.clear();
  }

  clear(): void {
    this.#members.clear();
    this.#forgotten.clear();
    this.#views.clear();
  }

  addSegment(name: string, options: Segment["options"]): Segment {
    const at = this.#now();
    const segment: Segment = {
      id: this.#serial(),
      name,
      type: options === null ? "static" : "saved",
      options,
      created: at,
      updated: at,
    };
    this.segments.set(segment.id, segment);
    if (options === null) this.#byName.set(name, segment);
    return segment;
  }

  staticSegment(name: string): Segment | undefined {
    return this.#byName.get(name);
  }

  /** Puts people in as they are, without journal, sends or rules; who is there already is replaced. */
  load(people: Iterable<SeedMember>): number {
    let count = 0;
    const tagIds = new Map<string, readonly number[]>();
    for (const p of people) {
      const status = p.status ?? "subscribed";
      const member = this.make(p.email, status, "Import");
      const names = p.tags ?? [];
      const key = names.join("\u0000");
      let tags = tagIds.get(key);
      if (tags === undefined) {
        tags = names.map((t) => (this.staticSegment(t) ?? this.addSegment(t, null)).id);
        tagIds.set(key, tags);
      }
      member.tags = tags;
      if (p.merge !== undefined) member.merge = p.merge;
      if (p.optAt !== undefined) member.opt = Date.parse(p.optAt);
      if (p.signupAt !== undefined) member.signup = Date.parse(p.signupAt);
      const own = (p.unsubscribedBy ?? "person") === "person";
      if (status === "cleaned" || (status === "unsubscribed" && own)) member.compliance = true;
      if (status === "unsubscribed") member.reason = own ? "None given" : "N/A (Unsubscribed by admin)";
      if (status === "pending" || status === "transactional") member.opt = null;
      if (status === "archived") member.hidden = "subscribed";
      count++;
    }
    return count;
  }

  state(m: Member): MemberState {
    return {
      list: this.settings.id,
      email: m.email,
      status: m.status,
      tags: m.tags.flatMap((t) => this.segments.get(t)?.name ?? []),
      merge: m.merge,
      compliance: m.compliance,
    };
  }
}
