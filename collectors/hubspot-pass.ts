import { AuditorError, isKind } from "../core/errors.ts";
import type { Instant, MemberRow, Page, TargetEnd } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { contactsAfter, contactsBy, countUntil, PAGE, statusesOf } from "../systems/hubspot/client.ts";
import { addressesOf, idsOf, optedOut } from "../systems/hubspot/member.ts";
import type { HubspotContact, HubspotPage, SubscriptionStatus } from "../systems/hubspot/wire.ts";
import { fieldNotes } from "./field-types.ts";
import { Members, type Proof, partial, readMemberships, whole } from "./hubspot-memberships.ts";
import { hubspotRow, type RowSettings, targetsByContact, type Wanted } from "./hubspot-row.ts";

/** One read: what is wanted, and how to ask for it. */
export type Pass = {
  readonly where: string;
  readonly wanted: readonly Wanted[];
  readonly settings: RowSettings;
  /** Properties to ask for. */
  readonly properties: readonly string[];
  readonly asOf: Instant;
};

/**
 * Reads who is on the lists, then the contacts: all of them where a target needs everybody, 100 a page by id, else only
 * those on the lists, 100 a batch. What has been read stays valid, as partial, when something later is lost.
 */
export async function* readPass(pass: Pass, http: ReadClient, context: Context): AsyncGenerator<Page> {
  const lists = pass.wanted.filter((w) => w.list !== null);
  const others = pass.wanted.filter((w) => w.list === null);
  const members = new Members(pass.wanted.length);
  const proofs = new Map(await readMemberships(lists, members, http, pass.where, context));
  const reading = new Reading(pass, members, http, context);
  try {
    if (others.length > 0) {
      for await (const items of reading.everybody()) yield { items, asOf: pass.asOf, ends: [] };
      for (const w of others) proofs.set(w.index, reading.proof);
    }
    for await (const items of reading.remaining()) yield { items, asOf: pass.asOf, ends: [] };
  } catch (e) {
    if (!reading.began || isKind(e, "interrupted") || !(e instanceof AuditorError)) throw e;
    context.log.warn("hubspot.page_lost", { system: pass.where, runId: context.runId, kind: e.kind });
    reading.lost = partial(`contacts were lost after ${reading.read} of them (${e.message})`);
  }
  const fields = reading.fields();
  yield {
    items: [],
    asOf: pass.asOf,
    ends: pass.wanted.map((w): TargetEnd => {
      const proof = reading.lost ?? proofs.get(w.index) ?? partial("0 contacts read");
      return {
        target: w.index,
        coverage: proof.complete ? "complete" : "partial",
        because:
          reading.gone > 0 && w.list
            ? `${proof.because}; ${reading.gone} ids are of no contact any more`
            : proof.because,
        declaredTotal: null,
        enumerated: w.count,
        fields,
      };
    }),
  };
}

/** Asked before it is needed, while rows are made of what came before. A failure is told by whoever waits for it. */
function ahead<T>(asked: Promise<T>): Promise<T> {
  // a reader that stops early never waits for it: its failure then concerns nobody
  asked.catch(() => undefined);
  return asked;
}

class Reading {
  /** Contacts so far. */
  read = 0;
  /** Ids on lists that HubSpot says belong to no contact. */
  gone = 0;
  lost: Proof | null = null;
  proof: Proof = partial("0 contacts read");
  readonly #pass: Pass;
  readonly #members: Members;
  readonly #http: ReadClient;
  readonly #context: Context;
  readonly #notes = fieldNotes();
  readonly #fromLists: boolean;

  constructor(pass: Pass, members: Members, http: ReadClient, context: Context) {
    this.#pass = pass;
    this.#members = members;
    this.#http = http;
    this.#context = context;
    this.#fromLists = members.size > 0;
  }

  get began(): boolean {
    return this.read > 0 || this.#fromLists;
  }

  fields(): TargetEnd["fields"] {
    return this.#notes.types();
  }

  /** Rows of everybody, whether on a list or not. */
  async *everybody(): AsyncGenerator<readonly MemberRow[]> {
    const { where, properties } = this.#pass;
    const seen = new Set<number>();
    const startedMs = Date.parse(this.#pass.asOf);
    let older = 0;
    const ask = (from: string | null): Promise<HubspotPage<HubspotContact>> =>
      contactsAfter(this.#http, where, properties, from, this.#context);
    let after: string | null = null;
    let asked = ask(null);
    for (;;) {
      const page: HubspotPage<HubspotContact> = await asked;
      if (page.next !== null && page.next !== after) asked = ahead(ask(page.next));
      // a record that comes twice is one
      const fresh = page.items.filter((c) => !seen.has(Number(c.id)) && seen.add(Number(c.id)));
      for (const c of fresh) if (Date.parse(c.createdAt ?? "") <= startedMs) older += 1;
      this.read = seen.size;
      yield await this.#rows(fresh);
      if (page.next !== null && (page.next === after || fresh.length === 0)) {
        this.proof = partial(`a page of contacts came twice after ${seen.size} of them`);
        return;
      }
      if (page.next === null) break;
      after = page.next;
    }
    // pages of contacts declare no total; the search index does, of those that were there when we began
    const counted = await countUntil(this.#http, where, startedMs, this.#context);
    this.proof =
      counted !== null && counted > older
        ? partial(
            `${seen.size} contacts read, ${older} of them older than this read, but search counts ${counted}`,
          )
        : whole(
            `${seen.size} contacts read, search counts ${counted ?? "none"} that are older than this read, and no page follows`,
          );
  }

  /** Rows of those on lists that were not met yet. */
  async *remaining(): AsyncGenerator<readonly MemberRow[]> {
    const { where, properties } = this.#pass;
    const groups = this.#members.groups(PAGE);
    if (groups.length === 0) return;
    const ask = (ids: readonly string[]) =>
      contactsBy(this.#http, where, "id", ids, properties, this.#context);
    let asked = ask(groups[0] ?? []);
    for (const [n, ids] of groups.entries()) {
      const batch = await asked;
      const following = groups[n + 1];
      if (following !== undefined) asked = ahead(ask(following));
      const rows = await this.#rows(batch.items);
      this.read += batch.items.length;
      this.gone += batch.missing.filter((id) => this.#members.take([id]).of.length > 0).length;
      const unanswered = ids.filter((id) => this.#members.take([id]).of.length > 0);
      if (unanswered.length > 0)
        this.lost ??= partial(`HubSpot did not answer for ${unanswered.length} of ${ids.length} contacts`);
      yield rows;
    }
  }

  async #rows(contacts: readonly HubspotContact[]): Promise<readonly MemberRow[]> {
    const { wanted, settings } = this.#pass;
    const statuses = await this.#statuses(contacts);
    const rows: MemberRow[] = [];
    for (const c of contacts) {
      this.#notes.note(c.properties);
      const said = statuses.get((c.properties.email ?? "").toLowerCase()) ?? [];
      const { of, joinedAt } = this.#members.take(idsOf(c));
      const all = [...targetsByContact(c, said, wanted, settings.subscriptions), ...of];
      if (all.length === 0) continue;
      for (const w of wanted) if (all.includes(w.index)) w.count += 1;
      rows.push(hubspotRow(c, said, settings, all, joinedAt));
    }
    return rows;
  }

  /** Asked only where a target cannot be told without, and only of those who have not opted out of everything. */
  async #statuses(
    contacts: readonly HubspotContact[],
  ): Promise<ReadonlyMap<string, readonly SubscriptionStatus[]>> {
    const { wanted, settings, where } = this.#pass;
    if (!wanted.some((w) => w.type !== null)) return new Map();
    const all = { ...settings.subscriptions, chosen: null };
    const emails = contacts
      .filter((c) => optedOut(c, all) !== true)
      .map((c) => addressesOf(c)[0])
      .filter((e) => e !== undefined);
    if (emails.length === 0) return new Map();
    return statusesOf(this.#http, where, emails, this.#context);
  }
}
