import { type Predicate, parseFilter } from "./filter.ts";
import type { SeedMember, SimLabel, SimMember, SimNewsletter, SuppressionReason } from "./model.ts";

export type Suppression = { readonly reason: SuppressionReason; readonly at: number };
/** What a query finds: the members from an index on. Nothing is copied, for whoever reads a million asks ten thousand times. */
export type Found = { readonly members: readonly SimMember[]; readonly from: number };
export type Order = readonly { readonly field: keyof SimMember; readonly descending: boolean }[];

/** Everything that the simulated Ghost holds, in memory. Lists are cached until the next change. */
export class MemberStore {
  readonly labels: SimLabel[] = [];
  readonly newsletters: SimNewsletter[] = [];
  readonly suppressions = new Map<string, Suppression>();
  readonly #now: () => number;
  readonly #members = new Map<string, SimMember>();
  readonly #idByEmail = new Map<string, string>();
  readonly #labelByName = new Map<string, SimLabel>();
  readonly #labelLists = new Map<string, readonly SimLabel[]>();
  #counter = 0;
  #version = 0;
  #ordered: readonly SimMember[] | null = null;
  #queries = new Map<string, readonly SimMember[]>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#members.size;
  }

  /** Grows with every change; equal versions mean equal answers. */
  get version(): number {
    return this.#version;
  }

  /** 24 hex digits that sort by time and then by order of creation, as MongoDB's object ids do. */
  newId(atMs = this.#now()): string {
    this.#counter = (this.#counter + 1) % 0x1000000;
    const seconds = Math.floor(atMs / 1000)
      .toString(16)
      .padStart(8, "0");
    return `${seconds}c43b22295d${this.#counter.toString(16).padStart(6, "0")}`;
  }

  byId = (id: string): SimMember | undefined => this.#members.get(id);
  /** Case counts: Ghost on SQLite compares addresses as they are. */
  byEmail = (email: string): SimMember | undefined => this.#members.get(this.#idByEmail.get(email) ?? "");

  put(member: SimMember): void {
    const before = this.#members.get(member.id);
    if (before && before.email !== member.email) this.#idByEmail.delete(before.email);
    this.#members.set(member.id, member);
    this.#idByEmail.set(member.email, member.id);
    this.#changed();
  }

  delete(id: string): SimMember | undefined {
    const member = this.#members.get(id);
    if (!member) return undefined;
    this.#members.delete(id);
    this.#idByEmail.delete(member.email);
    this.#changed();
    return member;
  }

  label(name: string, create: true): SimLabel;
  label(name: string, create: false): SimLabel | undefined;
  label(name: string, create: boolean): SimLabel | undefined {
    const trimmed = name.trim();
    const found = this.#labelByName.get(trimmed.toLowerCase());
    return found ?? (create ? this.addLabel(trimmed) : undefined);
  }

  /** Always a new one, even if the name exists: so does POST /labels/, with a numbered slug. */
  addLabel(name: string): SimLabel {
    const base = slugify(name) || "label";
    let slug = base;
    for (let n = 2; this.labels.some((l) => l.slug === slug); n++) slug = `${base}-${n}`;
    const now = this.#now();
    const label: SimLabel = { id: this.newId(), name: name.trim(), slug, createdAt: now, updatedAt: now };
    this.labels.push(label);
    const key = label.name.toLowerCase();
    if (!this.#labelByName.has(key)) this.#labelByName.set(key, label);
    return label;
  }

  renameLabel(id: string, name: string): SimLabel | undefined {
    return this.#replaceLabel(id, (l) => ({ ...l, name: name.trim(), updatedAt: this.#now() }));
  }

  deleteLabel(id: string): SimLabel | undefined {
    return this.#replaceLabel(id, () => null);
  }

  #replaceLabel(id: string, change: (label: SimLabel) => SimLabel | null): SimLabel | undefined {
    const index = this.labels.findIndex((l) => l.id === id);
    const before = this.labels[index];
    if (!before) return undefined;
    const after = change(before);
    this.labels.splice(index, 1, ...(after ? [after] : []));
    this.#labelByName.clear();
    for (const l of this.labels.toReversed()) this.#labelByName.set(l.name.toLowerCase(), l);
    for (const m of this.#members.values()) {
      if (!m.labels.includes(before)) continue;
      this.#members.set(m.id, {
        ...m,
        labels: m.labels.flatMap((l) => (l === before ? (after ? [after] : []) : [l])),
      });
    }
    this.#labelLists.clear();
    this.#changed();
    return after ?? before;
  }

  addNewsletter(name: string, options: { slug?: string; subscribeOnSignup?: boolean } = {}): SimNewsletter {
    const newsletter: SimNewsletter = {
      id: this.newId(),
      name,
      slug: options.slug ?? slugify(name),
      status: "active",
      subscribeOnSignup: options.subscribeOnSignup ?? true,
      sortOrder: this.newsletters.length,
      createdAt: this.#now(),
    };
    this.newsletters.push(newsletter);
    return newsletter;
  }

  signupNewsletters(): readonly SimNewsletter[] {
    return this.newsletters.filter((n) => n.subscribeOnSignup && n.status === "active");
  }

  /** Loads or replaces members by address in one go, past API and journal. */
  load(seeds: Iterable<SeedMember>): void {
    const signup = this.signupNewsletters();
    const newsletterLists = new Map<string, readonly SimNewsletter[]>();
    for (const seed of seeds) {
      const before = this.byEmail(seed.email);
      const createdAt = seed.createdAt?.getTime() ?? before?.createdAt ?? this.#now();
      const slugs = seed.newsletters?.join(",");
      let newsletters = slugs === undefined ? signup : newsletterLists.get(slugs);
      if (!newsletters) {
        newsletters = this.newsletters.filter((n) => seed.newsletters?.includes(n.slug));
        newsletterLists.set(slugs ?? "", newsletters);
      }
      const id = before?.id ?? this.newId(createdAt);
      if (seed.suppressed) this.suppressions.set(seed.email, { reason: seed.suppressed, at: createdAt });
      else this.suppressions.delete(seed.email);
      this.#members.set(id, {
        id,
        email: seed.email,
        name: seed.name ?? null,
        note: seed.note ?? null,
        labels: this.#labelList(seed.labels ?? []),
        newsletters,
        emailDisabled: seed.suppressed !== undefined,
        createdAt,
        updatedAt: before ? this.#now() : createdAt,
        viaApi: before?.viaApi ?? false,
      });
      this.#idByEmail.set(seed.email, id);
    }
    this.#changed();
  }

  /** One array for all members with the same labels: a million members have few combinations. */
  #labelList(names: readonly string[]): readonly SimLabel[] {
    const key = names.join("\u0000");
    let list = this.#labelLists.get(key);
    if (!list) {
      list = names.map((name) => this.label(name, true));
      this.#labelLists.set(key, list);
    }
    return list;
  }

  clear(): void {
    this.#members.clear();
    this.#idByEmail.clear();
    this.suppressions.clear();
    this.#changed();
  }

  /** Members in order of their ids. */
  all(): readonly SimMember[] {
    if (this.#ordered) return this.#ordered;
    const list = [...this.#members.values()];
    const sorted = list.every((m, i) => i === 0 || (list[i - 1]?.id ?? "") < m.id);
    if (!sorted) list.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#ordered = list;
    return list;
  }

  /** Filtered and ordered; cached until something changes, so that reading page by page stays cheap. */
  query(filter: string | null, search: string | null, order: Order): Found {
    const next =
      search === null && order.length === 1 && order[0]?.field === "id" && !order[0].descending
        ? afterId(filter)
        : null;
    if (next) {
      const rest = this.query(next.rest, null, order);
      return { members: rest.members, from: Math.max(rest.from, firstAfter(rest.members, next.id)) };
    }
    const key = JSON.stringify([filter, search, order]);
    const cached = this.#queries.get(key);
    if (cached) return { members: cached, from: 0 };
    const list = select(this.all(), filter, search, order);
    this.#queries.set(key, list);
    return { members: list, from: 0 };
  }

  #changed(): void {
    this.#version += 1;
    this.#ordered = null;
    if (this.#queries.size > 0) this.#queries = new Map();
  }
}

/** Clients that walk by "id after the last one" ask with another filter for each page; what comes before it stays. */
function afterId(filter: string | null): { readonly rest: string | null; readonly id: string } | null {
  const [, rest, id] = /^(?:([^,]*)\+)?id:>'([a-f\d]{24})'$/.exec(filter ?? "") ?? [];
  return id === undefined ? null : { rest: rest ?? null, id };
}

function firstAfter(members: readonly SimMember[], id: string): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((members[middle]?.id ?? "") > id) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @param members ordered by id */
export function select(
  members: readonly SimMember[],
  filter: string | null,
  search: string | null,
  order: Order,
): readonly SimMember[] {
  const wanted: Predicate[] = [];
  if (filter) wanted.push(parseFilter(filter));
  if (search) {
    const needle = search.toLowerCase();
    wanted.push(
      (m) => m.email.toLowerCase().includes(needle) || (m.name ?? "").toLowerCase().includes(needle),
    );
  }
  const found = wanted.length === 0 ? [...members] : members.filter((m) => wanted.every((p) => p(m)));
  if (order.length === 1 && order[0]?.field === "id") return order[0].descending ? found.reverse() : found;
  return found.sort((a, b) => {
    for (const { field, descending } of order) {
      const [x, y] = [a[field] ?? "", b[field] ?? ""];
      if (x !== y) return x < y === descending ? 1 : -1;
    }
    return 0;
  });
}

export const slugify = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
