import { AuditorError, isKind } from "../core/errors.ts";
import { type Instant, instant } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { listById, membershipsAfter } from "../systems/hubspot/client.ts";
import type { HubspotList, HubspotPage, Membership } from "../systems/hubspot/wire.ts";
import type { Wanted } from "./hubspot-row.ts";

/** Is this the whole, and in words why. */
export type Proof = { readonly complete: boolean; readonly because: string };

/** Record ids on the lists of one read, each taken once; ids are kept as numbers, since there may be a million. */
export class Members {
  readonly #of = new Map<number, readonly number[]>();
  readonly #groups = new Map<string, readonly number[]>();
  /** When they joined, in a read of one list only. */
  readonly #joined: Map<number, number> | null;

  constructor(targets: number) {
    this.#joined = targets === 1 ? new Map() : null;
  }

  get size(): number {
    return this.#of.size;
  }

  /** False when it was there already. */
  add(m: Membership, target: number): boolean {
    const id = Number(m.recordId);
    const before = this.#of.get(id) ?? [];
    if (before.includes(target)) return false;
    const after = [...before, target];
    const group = this.#groups.get(after.join()) ?? after;
    this.#groups.set(after.join(), group);
    this.#of.set(id, group);
    const joinedAt = m.joinedAt === null ? Number.NaN : Date.parse(m.joinedAt);
    if (!Number.isNaN(joinedAt)) this.#joined?.set(id, joinedAt);
    return true;
  }

  /** Targets and time of joining of whoever is known by one of these ids; they are not told again. */
  take(ids: readonly string[]): { readonly of: readonly number[]; readonly joinedAt: Instant | null } {
    let of: readonly number[] = [];
    let joined: number | undefined;
    for (const id of ids.map(Number)) {
      const more = this.#of.get(id);
      if (more === undefined) continue;
      of = of.length === 0 ? more : [...new Set([...of, ...more])];
      joined ??= this.#joined?.get(id);
      this.#of.delete(id);
    }
    return { of, joinedAt: joined === undefined ? null : instant(new Date(joined)) };
  }

  /** Ids that nobody took yet, in groups. */
  groups(size: number): readonly (readonly string[])[] {
    const groups: string[][] = [];
    let last: string[] = [];
    for (const id of this.#of.keys()) {
      if (last.length === size || groups.length === 0) {
        last = [];
        groups.push(last);
      }
      last.push(String(id));
    }
    return groups;
  }
}

/**
 * Reads who is on each list. A page that is lost, repeated or contradicted makes that list partial; the first page of
 * all throws.
 *
 * @returns the proof for each list, by the index of its target
 */
export async function readMemberships(
  lists: readonly Wanted[],
  members: Members,
  http: ReadClient,
  where: string,
  context: Context,
): Promise<ReadonlyMap<number, Proof>> {
  const proofs = new Map<number, Proof>();
  for (const { index, list } of lists)
    if (list !== null) proofs.set(index, await readList(list, index, members, http, where, context));
  return proofs;
}

async function readList(
  list: HubspotList,
  target: number,
  members: Members,
  http: ReadClient,
  where: string,
  context: Context,
): Promise<Proof> {
  let after: string | null = null;
  let read = 0;
  let declared: number | null = null;
  for (;;) {
    let page: HubspotPage<Membership>;
    try {
      page = await membershipsAfter(http, where, list.id, after, context);
    } catch (e) {
      if ((after === null && members.size === 0) || isKind(e, "interrupted") || !(e instanceof AuditorError))
        throw e;
      context.log.warn("hubspot.page_lost", { system: where, runId: context.runId, kind: e.kind, read });
      return partial(
        `a page of the list was lost after ${read} of ${declared ?? "?"} members (${e.message})`,
      );
    }
    declared ??= page.total;
    let fresh = 0;
    for (const m of page.items) if (members.add(m, target)) fresh += 1;
    read += fresh;
    if (page.next !== null && (page.next === after || fresh === 0))
      return partial(`a page of the list came twice after ${read} of ${declared ?? "?"} members`);
    if (page.next === null) return prove(list, read, declared, page.total, http, where, context);
    after = page.next;
  }
}

/** The last page says that none follow; the count must agree with what HubSpot declares now, if it does. */
async function prove(
  list: HubspotList,
  read: number,
  first: number | null,
  last: number | null,
  http: ReadClient,
  where: string,
  context: Context,
): Promise<Proof> {
  if (last !== null && last > read)
    return partial(`${read} members of the list read, but HubSpot declared ${last}`);
  if (read > 0 && first !== null)
    return whole(
      `${read} members of the list read, ${first} declared, and the last page said that none follow`,
    );
  // nobody, or nothing declared: the size of the list, which follows changes after a while, must not contradict it
  const size = (await listById(http, where, list.id, context))?.size ?? null;
  if (size !== null && size > read)
    return partial(`${read} members of the list read, but HubSpot gives its size as ${size}`);
  return whole(`${read} members of the list read, its size is ${size ?? "not told"}, and no page follows`);
}

export const partial = (because: string): Proof => ({ complete: false, because });
export const whole = (because: string): Proof => ({ complete: true, because });
