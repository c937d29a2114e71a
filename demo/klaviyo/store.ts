import { type Crowd, crowdIndexOfEmail, crowdIndexOfId, crowdJoined, crowdProfile } from "./crowd.ts";
import { Ids } from "./ids.ts";
import { type Entry, Sequence, timeKey } from "./members.ts";
import type { SimCampaign, SimFlow, SimList, SimProfile, SimSegment } from "./model.ts";

const lower = (text: string): string => text.toLowerCase();

export type Identifiers = {
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly externalId?: string | null | undefined;
};

/** The account's records and who is in which list or segment ("group"). No rules of Klaviyo here, only places. */
export class Store {
  readonly ids: Ids;
  readonly lists = new Map<string, SimList>();
  readonly segments = new Map<string, SimSegment>();
  readonly campaigns = new Map<string, SimCampaign>();
  readonly flows = new Map<string, SimFlow>();
  crowd: Crowd | null = null;
  readonly #profiles = new Map<string, SimProfile>();
  readonly #byEmail = new Map<string, string>();
  readonly #byPhone = new Map<string, string>();
  readonly #byExternal = new Map<string, string>();
  /** Group → profile → joined at, milliseconds. */
  readonly #members = new Map<string, Map<string, number>>();
  readonly #sequences = new Map<string, Sequence>();

  constructor(seed: number) {
    this.ids = new Ids(seed);
  }

  profile(id: string): SimProfile | undefined {
    const own = this.#profiles.get(id);
    if (own) return own;
    const i = crowdIndexOfId(this.crowd, id);
    return i === null || this.crowd === null ? undefined : crowdProfile(this.crowd, i);
  }

  /** Whoever has one of these identifiers already; the address in any case. */
  find(by: Identifiers): SimProfile | undefined {
    const ids = [
      by.email ? (this.#byEmail.get(lower(by.email)) ?? this.#crowdByEmail(by.email)) : undefined,
      by.phone ? this.#byPhone.get(by.phone) : undefined,
      by.externalId ? this.#byExternal.get(by.externalId) : undefined,
    ];
    const id = ids.find((i) => i !== undefined);
    return id === undefined ? undefined : this.profile(id);
  }

  #crowdByEmail(email: string): string | undefined {
    const i = crowdIndexOfEmail(this.crowd, lower(email));
    if (i === null || this.crowd === null) return undefined;
    const { id } = crowdProfile(this.crowd, i);
    // An ordinary record by now, perhaps under another address.
    return this.#profiles.has(id) ? undefined : id;
  }

  /** Is this record kept, not computed? */
  isChanged(id: string): boolean {
    return this.#profiles.has(id);
  }

  put(profile: SimProfile): void {
    const before = this.#profiles.get(profile.id);
    if (before) this.#unindex(before);
    this.#profiles.set(profile.id, profile);
    if (profile.email) this.#byEmail.set(lower(profile.email), profile.id);
    if (profile.phone) this.#byPhone.set(profile.phone, profile.id);
    if (profile.externalId) this.#byExternal.set(profile.externalId, profile.id);
    this.#sequences.clear();
  }

  delete(id: string): void {
    const profile = this.#profiles.get(id);
    for (const group of this.groupIds()) this.leave(group, id);
    if (profile) this.#unindex(profile);
    this.#profiles.delete(id);
    this.#sequences.clear();
  }

  #unindex(p: SimProfile): void {
    if (p.email) this.#byEmail.delete(lower(p.email));
    if (p.phone) this.#byPhone.delete(p.phone);
    if (p.externalId) this.#byExternal.delete(p.externalId);
  }

  groupIds(): readonly string[] {
    return [...this.lists.keys(), ...this.segments.keys()];
  }

  join(group: string, id: string, atMs: number): void {
    const members = this.#members.get(group) ?? new Map<string, number>();
    this.#members.set(group, members);
    if (this.joinedAt(group, id) !== null) return;
    const i = this.#crowdIndex(group, id);
    if (i === null) members.set(id, atMs);
    else this.crowd?.left.delete(i);
    this.#sequences.clear();
  }

  leave(group: string, id: string): void {
    const i = this.#crowdIndex(group, id);
    if (i === null) this.#members.get(group)?.delete(id);
    else this.crowd?.left.add(i);
    this.#sequences.clear();
  }

  /** Milliseconds; null: not in it. */
  joinedAt(group: string, id: string): number | null {
    const i = this.#crowdIndex(group, id);
    if (i === null || this.crowd === null) return this.#members.get(group)?.get(id) ?? null;
    return this.crowd.left.has(i) ? null : crowdJoined(this.crowd, i);
  }

  #crowdIndex(group: string, id: string): number | null {
    return this.crowd?.listId === group ? crowdIndexOfId(this.crowd, id) : null;
  }

  groupsOf(id: string): ReadonlyMap<string, number> {
    const of = new Map<string, number>();
    for (const group of this.groupIds()) {
      const at = this.joinedAt(group, id);
      if (at !== null) of.set(group, at);
    }
    return of;
  }

  memberCount(group: string): number {
    const crowd = this.crowd?.listId === group ? this.crowd.count - this.crowd.left.size : 0;
    return (this.#members.get(group)?.size ?? 0) + crowd;
  }

  /** Ids of the members that are no part of the crowd. */
  memberIds(group: string): readonly string[] {
    return [...(this.#members.get(group)?.keys() ?? [])];
  }

  /** A group's members in order of joining. */
  membersOf(group: string): Sequence {
    return this.#cached(`group ${group}`, () => {
      const entries: Entry[] = [];
      for (const [id, at] of this.#members.get(group) ?? []) entries.push({ key: timeKey(at), id });
      return new Sequence(entries, this.crowd?.listId === group ? this.crowd : null);
    });
  }

  /** Everybody, ordered by a key; the crowd comes last. */
  everybody(sort: string, key: (p: SimProfile) => string): Sequence {
    return this.#cached(`all ${sort}`, () => {
      const entries: Entry[] = [];
      for (const p of this.profiles()) entries.push({ key: key(p), id: p.id });
      return new Sequence(entries, this.crowd === null ? null : { ...this.crowd, left: new Set() });
    });
  }

  #cached(name: string, make: () => Sequence): Sequence {
    const known = this.#sequences.get(name);
    if (known) return known;
    const made = make();
    this.#sequences.set(name, made);
    return made;
  }

  /** Records that are no part of the crowd, or no longer. */
  *profiles(): Iterable<SimProfile> {
    for (const p of this.#profiles.values()) if (crowdIndexOfId(this.crowd, p.id) === null) yield p;
  }

  count(): number {
    let own = 0;
    for (const _ of this.profiles()) own += 1;
    return own + (this.crowd?.count ?? 0);
  }

  clear(): void {
    for (const map of [this.#profiles, this.#byEmail, this.#byPhone, this.#byExternal, this.#members])
      map.clear();
    this.crowd = null;
    this.#sequences.clear();
  }
}
