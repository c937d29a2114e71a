import { Journal, type JournalEntry } from "../sim/journal.ts";
import { type Consent, canReceiveEmail, type SimProfile, type SuppressionReason } from "./model.ts";
import { Store } from "./store.ts";

/** A person at one moment, in plain words; lists by id. */
export type PersonState = {
  readonly email: string | null;
  readonly phone: string | null;
  readonly externalId: string | null;
  readonly names: Readonly<Record<string, string | null>>;
  readonly location: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly consent: Consent;
  readonly smsConsent: Consent;
  readonly suppressions: readonly SuppressionReason[];
  readonly listSuppressions: readonly string[];
  readonly canReceiveEmail: boolean;
  readonly lists: readonly string[];
};

export type Op =
  | "profile.create"
  | "profile.update"
  | "list.create"
  | "list.add"
  | "list.remove"
  | "job.subscribe"
  | "job.unsubscribe"
  | "job.suppress"
  | "job.unsuppress"
  | "job.import";

/** A message that went out, or how many where they are too many to name. */
export type Send = {
  readonly at: number;
  readonly kind: "flow" | "campaign" | "confirmation";
  /** Flow, campaign or list. */
  readonly source: string;
  readonly profileId: string | null;
  readonly messages: number;
};

type Recent = {
  readonly at: number;
  readonly id: string;
  readonly profile: SimProfile | undefined;
  readonly groups: ReadonlyMap<string, number>;
};

/** The account: records, the journal of what clients did to them, and the messages that went out because of it. */
export class Account {
  readonly store: Store;
  readonly journal: Journal<PersonState>;
  readonly sends: Send[] = [];
  /** What people looked like before their latest changes; lets reads lag. */
  readonly #recent: Recent[] = [];

  constructor(seed: number, journalFile: string | null) {
    this.store = new Store(seed);
    this.journal = new Journal(journalFile);
  }

  /** Does something to one person and writes it down, before and after. */
  mutate(op: Op, id: string, atMs: number, work: () => void): JournalEntry<PersonState> {
    const before = this.state(id);
    this.#recent.push({
      at: atMs,
      id,
      profile: this.store.profile(id),
      groups: before === null ? new Map() : this.store.groupsOf(id),
    });
    if (this.#recent.length > 20_000) this.#recent.splice(0, 10_000);
    work();
    return this.journal.record(atMs, op, id, before, this.state(id));
  }

  state(id: string): PersonState | null {
    const p = this.store.profile(id);
    if (!p) return null;
    const groups = this.store.groupsOf(id);
    return {
      email: p.email,
      phone: p.phone,
      externalId: p.externalId,
      names: p.names,
      location: p.location,
      properties: p.properties,
      consent: p.emailMarketing.consent,
      smsConsent: p.sms.consent,
      suppressions: p.emailMarketing.suppressions.map((s) => s.reason),
      listSuppressions: p.emailMarketing.listSuppressions.map((s) => s.listId),
      canReceiveEmail: canReceiveEmail(p),
      lists: [...groups.keys()].filter((g) => this.store.lists.has(g)),
    };
  }

  /** People changed since then, as they were then: what a read that lags still shows. */
  asOf(ms: number): ReadonlyMap<string, Omit<Recent, "at" | "id">> {
    const then = new Map<string, Omit<Recent, "at" | "id">>();
    for (const { at, id, profile, groups } of this.#recent)
      if (at > ms && !then.has(id)) then.set(id, { profile, groups });
    return then;
  }

  /** Puts a person on a list as a client does: live flows that the list starts send their message to whoever can be mailed. */
  addToList(listId: string, id: string, atMs: number, options: { readonly flows: boolean }): void {
    const profile = this.store.profile(id);
    const wasOn = this.store.joinedAt(listId, id) !== null;
    this.store.join(listId, id, atMs);
    if (wasOn || !options.flows || !profile || !canReceiveEmail(profile)) return;
    if (profile.emailMarketing.listSuppressions.some((s) => s.listId === listId)) return;
    for (const flow of this.store.flows.values()) {
      if (
        flow.status !== "live" ||
        flow.archived ||
        flow.trigger.type !== "list" ||
        flow.trigger.id !== listId
      )
        continue;
      this.sends.push({ at: atMs, kind: "flow", source: flow.id, profileId: id, messages: 1 });
    }
  }

  /** Sends the campaigns whose time has come, to the included people who are not excluded and not suppressed. */
  sendDue(nowMs: number): void {
    const { store } = this;
    for (const campaign of store.campaigns.values()) {
      if (campaign.status !== "Scheduled" || campaign.sendTime === null || campaign.sendTime > nowMs)
        continue;
      const to = new Set(campaign.included.flatMap((g) => store.memberIds(g)));
      for (const id of campaign.excluded.flatMap((g) => store.memberIds(g))) to.delete(id);
      let messages = 0;
      for (const id of to) {
        const p = store.profile(id);
        if (!p || !canReceiveEmail(p)) continue;
        messages += 1;
        this.sends.push({
          at: campaign.sendTime,
          kind: "campaign",
          source: campaign.id,
          profileId: id,
          messages: 1,
        });
      }
      const { crowd } = store;
      const crowdIn = crowd !== null && campaign.included.includes(crowd.listId);
      if (crowdIn && !campaign.excluded.includes(crowd.listId)) {
        const more = crowd.count - crowd.left.size;
        this.sends.push({
          at: campaign.sendTime,
          kind: "campaign",
          source: campaign.id,
          profileId: null,
          messages: more,
        });
        messages += more;
      }
      store.campaigns.set(campaign.id, {
        ...campaign,
        status: "Sent",
        statistics: { ...campaign.statistics, recipients: messages, delivered: messages },
      });
    }
  }
}
