import { Journal } from "../sim/journal.ts";
import { ListStore } from "./list-store.ts";
import type { Automation, Campaign, Journey, Member, MemberState, MergeField } from "./model.ts";

const DEFAULT_FIELDS: readonly MergeField[] = [
  { tag: "FNAME", name: "First Name", type: "text", required: false },
  { tag: "LNAME", name: "Last Name", type: "text", required: false },
  { tag: "ADDRESS", name: "Address", type: "address", required: false },
  { tag: "PHONE", name: "Phone Number", type: "phone", required: false },
];

/** All of one Mailchimp account, and what its members were set off to be sent. */
export class Account {
  readonly lists = new Map<string, ListStore>();
  readonly campaigns = new Map<string, Campaign>();
  readonly automations: Automation[] = [];
  readonly journeys: Journey[] = [];
  readonly journal: Journal<MemberState>;
  readonly now: () => number;
  /** Set once the server knows its port. */
  url = "";
  readonly sends = { confirmations: 0, automations: 0, journeys: 0 };
  #serial = 100_000;

  constructor(now: () => number, journalFile: string | null) {
    this.now = now;
    this.journal = new Journal(journalFile);
  }

  serial = (): number => ++this.#serial;

  addList(o: {
    readonly id?: string;
    readonly name: string;
    readonly doubleOptin?: boolean;
    readonly mergeFields?: readonly MergeField[];
  }): ListStore {
    const list = new ListStore(
      {
        id: o.id ?? this.serial().toString(16).padStart(10, "a"),
        name: o.name,
        doubleOptin: o.doubleOptin ?? false,
        created: this.now(),
        mergeFields: [...DEFAULT_FIELDS, ...(o.mergeFields ?? [])],
      },
      this.serial,
      this.now,
    );
    this.lists.set(list.settings.id, list);
    return list;
  }

  /** Does `work` to a member and writes down what it changed, with the mail that it set off; `quiet` starts no journey. */
  mutate(list: ListStore, op: string, id: string, work: () => void, quiet = false): void {
    const was = list.get(id);
    const before = was === undefined ? null : list.state(was);
    work();
    const is = list.get(id);
    const after = is === undefined ? null : list.state(is);
    this.journal.record(this.now(), op, id, before, after);
    if (is !== undefined && after !== null) this.#setOff(list, is, before, after, quiet);
  }

  /** Pending sends a request to confirm; a new subscriber starts automations; a tag starts journeys of subscribers. */
  #setOff(list: ListStore, m: Member, before: MemberState | null, after: MemberState, quiet: boolean): void {
    if (after.status === "pending" && before?.status !== "pending") this.sends.confirmations++;
    if (after.status !== "subscribed") return;
    const live = this.automations.filter((a) => a.listId === list.settings.id && a.status === "sending");
    if (before?.status !== "subscribed")
      this.sends.automations += live.filter(
        (a) => a.segmentId === null || m.tags.includes(a.segmentId),
      ).length;
    if (quiet) return;
    const gained = after.tags.filter((t) => !(before?.tags.includes(t) ?? false));
    this.sends.journeys += this.journeys.filter(
      (j) => j.listId === list.settings.id && gained.includes(j.startsAtTag),
    ).length;
  }
}
