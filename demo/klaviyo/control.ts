import { Lines } from "../sim/control.ts";
import type { Fault, Faults } from "../sim/faults.ts";
import type { JournalEntry } from "../sim/journal.ts";
import type { SeenRequest } from "../sim/server.ts";
import type { Account, PersonState, Send } from "./account.ts";
import { crowdId } from "./crowd.ts";
import type {
  Consent,
  SeedProfile,
  SimCampaign,
  SimFlow,
  SimList,
  SimProfile,
  SimSegment,
  SuppressionReason,
} from "./model.ts";
import { seedProfile } from "./seed.ts";

const ms = (at: Date | string): number => new Date(at).getTime();

/** What tests and the demo company may do behind Klaviyo's back. Nothing of it is in the journal, and nothing of it sends. */
export type KlaviyoControl = {
  /** Adds or replaces; see SeedProfile. */
  load(people: Iterable<SeedProfile>): void;
  /** Takes people away by address; unknown ones are ignored. */
  unload(emails: Iterable<string>): void;
  /** People, lists' members and the crowd; lists, segments, campaigns and flows stay. */
  clear(): void;
  /** That many subscribed people on one list, computed when asked for. Loading again replaces them. */
  loadCrowd(count: number, list: string): void;
  addList(name: string, optIn?: SimList["optIn"]): SimList;
  /** Members by address; the definition is not evaluated. */
  addSegment(name: string, definition: unknown, emails?: Iterable<string>): SimSegment;
  setMembers(group: string, emails: Iterable<string>): void;
  addCampaign(campaign: CampaignSeed): SimCampaign;
  addFlow(flow: Partial<Omit<SimFlow, "id">> & Pick<SimFlow, "name" | "trigger">): SimFlow;
  /** As the person did it on a form or preference page: consent and suppressions change together. */
  setConsent(email: string, consent: Consent, suppressions?: readonly SuppressionReason[]): boolean;
  find(email: string): SimProfile | undefined;
  /** A person at this moment, as the journal words it. */
  state(email: string): PersonState | null;
  profiles(): readonly SimProfile[];
  lists(): readonly SimList[];
  counts(): {
    readonly profiles: number;
    readonly groups: Readonly<Record<string, number>>;
    readonly sends: number;
  };
  sends(): readonly Send[];
  journal(): readonly JournalEntry<PersonState>[];
  requests(): readonly SeenRequest[];
  fault(...faults: readonly Fault[]): void;
  clearFaults(): void;
  /** Burst and steady windows; on at first. */
  setLimits(on: boolean): void;
};

export type CampaignSeed = Partial<Omit<SimCampaign, "id" | "sendTime" | "scheduledAt">> &
  Pick<SimCampaign, "name" | "included"> & {
    readonly sendTime?: Date | string | null;
    readonly scheduledAt?: Date | string | null;
  };

export type ControlParts = {
  readonly account: Account;
  now(): number;
  settle(): void;
  setLimits(on: boolean): void;
  readonly server: { readonly faults: Faults; readonly requests: readonly SeenRequest[] };
};

export function klaviyoControl({ account, now, settle, setLimits, server }: ControlParts): KlaviyoControl {
  const { store } = account;
  const listNamed = (name: string): SimList | undefined =>
    store.lists.get(name) ?? [...store.lists.values()].find((l) => l.name === name);
  const addList: KlaviyoControl["addList"] = (name, optIn = "single_opt_in") => {
    const list: SimList = { id: store.ids.short(), name, optIn, createdAt: now(), updatedAt: now() };
    store.lists.set(list.id, list);
    return list;
  };
  const setMembers: KlaviyoControl["setMembers"] = (group, emails) => {
    for (const id of store.memberIds(group)) store.leave(group, id);
    for (const email of emails) {
      const p = store.find({ email });
      if (p) store.join(group, p.id, now());
    }
  };
  const find = (email: string): SimProfile | undefined => {
    settle();
    return store.find({ email });
  };
  return {
    load(people) {
      for (const person of people) {
        const known = store.find(person);
        const p = seedProfile(person, known?.id ?? store.ids.profile(), now());
        store.put(p);
        const joined = person.joinedAt === undefined ? p.createdAt : ms(person.joinedAt);
        const lists = (person.lists ?? []).map((name) => listNamed(name) ?? addList(name));
        if (known && person.lists !== undefined)
          for (const { id } of store.lists.values())
            if (!lists.some((l) => l.id === id)) store.leave(id, p.id);
        for (const list of lists) store.join(list.id, p.id, joined);
      }
    },
    unload(emails) {
      for (const email of emails) {
        const p = store.find({ email });
        if (p) store.delete(p.id);
      }
    },
    clear: () => store.clear(),
    loadCrowd(count, list) {
      const { id } = listNamed(list) ?? addList(list);
      store.crowd = { listId: id, count, fromMs: now() - (count + 86_400) * 1_000, left: new Set() };
      store.leave(id, crowdId(count));
    },
    addList,
    addSegment(name, definition, emails = []) {
      const segment: SimSegment = {
        id: store.ids.short(),
        name,
        definition,
        createdAt: now(),
        updatedAt: now(),
      };
      store.segments.set(segment.id, segment);
      setMembers(segment.id, emails);
      return segment;
    },
    setMembers,
    addCampaign({ sendTime = null, scheduledAt = null, ...seed }) {
      const campaign: SimCampaign = {
        id: store.ids.campaign(),
        status: sendTime === null ? "Draft" : "Scheduled",
        channel: "email",
        archived: false,
        excluded: [],
        createdAt: now(),
        statistics: {},
        ...seed,
        scheduledAt: scheduledAt === null ? (sendTime === null ? null : now()) : ms(scheduledAt),
        sendTime: sendTime === null ? null : ms(sendTime),
      };
      store.campaigns.set(campaign.id, campaign);
      return campaign;
    },
    addFlow(seed) {
      const flow: SimFlow = {
        id: store.ids.short(),
        status: "live",
        archived: false,
        createdAt: now(),
        statistics: {},
        ...seed,
      };
      store.flows.set(flow.id, flow);
      return flow;
    },
    setConsent(email, consent, suppressions = []) {
      const p = find(email);
      if (!p) return false;
      const at = now();
      store.put({
        ...p,
        updatedAt: at,
        emailMarketing: {
          ...p.emailMarketing,
          consent,
          consentAt: consent === "NEVER_SUBSCRIBED" ? null : at,
          updatedAt: at,
          method: "PREFERENCE_PAGE",
          suppressions: suppressions.map((reason) => ({ reason, at })),
        },
      });
      return true;
    },
    find,
    state(email) {
      const p = find(email);
      return p ? account.state(p.id) : null;
    },
    profiles() {
      settle();
      return [...store.profiles()];
    },
    lists: () => [...store.lists.values()],
    counts() {
      settle();
      return {
        profiles: store.count(),
        groups: Object.fromEntries(store.groupIds().map((g) => [g, store.memberCount(g)])),
        sends: account.sends.reduce((sum, s) => sum + s.messages, 0),
      };
    },
    sends() {
      settle();
      return account.sends;
    },
    journal() {
      settle();
      return account.journal.entries;
    },
    requests: () => server.requests,
    fault: (...faults) => server.faults.add(...faults),
    clearFaults: () => server.faults.clear(),
    setLimits,
  };
}

/** The same for other processes. Paths after `/__control/`; null: there is no such thing. Bodies are trusted: only tests call. */
export function controlAnswer(
  control: KlaviyoControl,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): unknown {
  const list: readonly unknown[] = Array.isArray(body) ? body : [body];
  const one = (body ?? {}) as Readonly<Record<string, never>>;
  switch (`${method} ${path}`) {
    case "GET members": {
      const email = query.get("email");
      return new Lines(
        email === null ? control.profiles() : [control.state(email)].filter((s) => s !== null),
      );
    }
    case "GET counts":
      return control.counts();
    case "GET sends":
      return new Lines(control.sends());
    case "POST load":
      control.load(list as readonly SeedProfile[]);
      return control.counts();
    case "POST unload":
      control.unload(list.filter((e) => typeof e === "string"));
      return control.counts();
    case "POST clear":
      control.clear();
      return control.counts();
    case "POST crowd":
      control.loadCrowd(Number(one.count), String(one.list));
      return control.counts();
    case "POST consent":
      return {
        found: control.setConsent(one.email ?? "", one.consent ?? "NEVER_SUBSCRIBED", one.suppressions),
      };
    case "POST list":
      return control.addList(one.name ?? "", one.optIn);
    case "POST segment":
      return control.addSegment(one.name ?? "", one.definition ?? { condition_groups: [] }, one.emails ?? []);
    case "POST members":
      control.setMembers(one.group ?? "", one.emails ?? []);
      return control.counts();
    case "POST campaign":
      return control.addCampaign(body as CampaignSeed);
    case "POST flow":
      return control.addFlow(body as SimFlow);
    case "POST limits":
      control.setLimits(one.on === true);
      return { on: one.on === true };
    default:
      return null;
  }
}
