import type { Fault, Faults } from "../sim/faults.ts";
import type { JournalEntry } from "../sim/journal.ts";
import type { SeenRequest } from "../sim/server.ts";
import type { Account } from "./account.ts";
import type { Batches, OperationResult } from "./batches.ts";
import { hashOf, type ListStore } from "./list-store.ts";
import type {
  Automation,
  Campaign,
  Conditions,
  Journey,
  MemberState,
  MergeField,
  SeedMember,
  Segment,
  Sends,
  Status,
} from "./model.ts";

/** What a test may do behind the API's back. A list is named by its id; without one it is the first. Nothing here is in the journal. */
export type MailchimpControl = {
  load(people: Iterable<SeedMember>, listId?: string): number;
  /** Removes records without a trace. */
  unload(emails: Iterable<string>, listId?: string): void;
  /** Empties a list; its segments stay. */
  clear(listId?: string): void;
  /** Sets a status as the person (or a bounce) would: what they do themselves is a compliance state. */
  setStatus(email: string, status: Status, by?: "person" | "api", listId?: string): void;
  find(email: string, listId?: string): MemberState | undefined;
  count(listId?: string): number;
  sends(): Sends;
  addList(o: {
    readonly id?: string;
    readonly name: string;
    readonly doubleOptin?: boolean;
    readonly mergeFields?: readonly MergeField[];
  }): string;
  /** A static segment (= tag), or a saved one where `options` is given; answers its id. */
  addSegment(name: string, options?: Conditions, listId?: string): number;
  segments(listId?: string): readonly Segment[];
  addCampaign(c: Partial<Omit<Campaign, "id">> & { readonly title: string }): string;
  addAutomation(a: Partial<Omit<Automation, "id">> & { readonly title: string }): string;
  addJourney(j: Omit<Journey, "listId"> & { readonly listId?: string }): void;
  batchResults(id: string): readonly OperationResult[] | null;
  fault(...faults: readonly Fault[]): void;
  clearFaults(): void;
  journal(since?: number): readonly JournalEntry<MemberState>[];
  requests(): readonly SeenRequest[];
};

export function mailchimpControl(
  account: Account,
  batches: Batches,
  faults: () => Faults,
  requests: () => readonly SeenRequest[],
): MailchimpControl {
  const listOf = (id: string | undefined): ListStore => {
    const list = id === undefined ? [...account.lists.values()][0] : account.lists.get(id);
    if (list === undefined) throw new TypeError("mailchimp simulator: there is no such list");
    return list;
  };
  const idOf = (id: string | undefined): string => listOf(id).settings.id;
  return {
    load: (people, id) => listOf(id).load(people),
    unload(emails, id) {
      for (const email of emails) listOf(id).drop(hashOf(email), false);
    },
    clear: (id) => listOf(id).clear(),
    setStatus(email, status, by = "person", id) {
      const list = listOf(id);
      const m = list.get(hashOf(email));
      if (m === undefined) throw new TypeError("mailchimp simulator: there is no such member");
      const own = by === "person" && status === "unsubscribed";
      list.change(m, {
        status,
        compliance: own || status === "cleaned",
        hidden: status === "archived" ? m.status : null,
        reason: status === "unsubscribed" ? (own ? "None given" : "N/A (Unsubscribed by admin)") : null,
      });
    },
    find(email, id) {
      const list = listOf(id);
      const m = list.get(hashOf(email));
      return m === undefined ? undefined : list.state(m);
    },
    count: (id) => [...listOf(id).all()].length,
    sends: () => ({ ...account.sends }),
    addList: (o) => account.addList(o).settings.id,
    addSegment: (name, options, id) => listOf(id).addSegment(name, options ?? null).id,
    segments: (id) => [...listOf(id).segments.values()],
    addCampaign(c) {
      const id = account.serial().toString(16).padStart(10, "c");
      account.campaigns.set(id, {
        status: "save",
        type: "regular",
        created: account.now(),
        sendTime: null,
        segment: null,
        emailsSent: 0,
        hardBounces: 0,
        softBounces: 0,
        unsubscribes: [],
        complaints: [],
        ...c,
        listId: idOf(c.listId),
        id,
      });
      return id;
    },
    addAutomation(a) {
      const id = account.serial().toString(16).padStart(10, "d");
      account.automations.push({
        status: "sending",
        workflowType: "welcomeSeries",
        segmentId: null,
        created: account.now(),
        ...a,
        listId: idOf(a.listId),
        id,
      });
      return id;
    },
    addJourney: (j) => void account.journeys.push({ ...j, listId: idOf(j.listId) }),
    batchResults: (id) => batches.results(id),
    fault: (...f) => faults().add(...f),
    clearFaults: () => faults().clear(),
    journal: (since = 0) => account.journal.entries.slice(since),
    requests,
  };
}

/** The same over HTTP, under `/__control/`; null: there is no such thing. */
export function controlCall(
  control: MailchimpControl,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): unknown {
  const list = query.get("list") ?? undefined;
  const email = query.get("email") ?? "";
  // shapes are the caller's business: this is a test's own door
  switch (`${method} ${path}`) {
    case "POST load":
      return { loaded: control.load(body as readonly SeedMember[], list) };
    case "POST unload":
      control.unload(body as readonly string[], list);
      return { members: control.count(list) };
    case "POST clear":
      control.clear(list);
      return { members: 0 };
    case "POST status":
      control.setStatus(email, query.get("to") as Status, query.get("by") === "api" ? "api" : "person", list);
      return control.find(email, list);
    case "GET find":
      return control.find(email, list) ?? { found: false };
    case "GET sends":
      return control.sends();
    case "GET segments":
      return control.segments(list);
    case "POST lists":
      return { id: control.addList(body as Parameters<MailchimpControl["addList"]>[0]) };
    case "POST segments": {
      const { name, options } = body as { readonly name: string; readonly options?: Conditions };
      return { id: control.addSegment(name, options, list) };
    }
    case "POST campaigns":
      return { id: control.addCampaign(body as Parameters<MailchimpControl["addCampaign"]>[0]) };
    case "POST automations":
      return { id: control.addAutomation(body as Parameters<MailchimpControl["addAutomation"]>[0]) };
    case "POST journeys":
      control.addJourney(body as Journey);
      return { added: true };
    case "GET batch":
      return control.batchResults(query.get("id") ?? "");
    default:
      return null;
  }
}
