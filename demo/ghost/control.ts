import { Lines } from "../sim/control.ts";
import type { Fault } from "../sim/faults.ts";
import type { RunningSimulator, SeenRequest } from "../sim/server.ts";
import type { GhostEntry, GhostJournal } from "./journal.ts";
import type { MemberStore } from "./member-store.ts";
import type { SeedMember, SimMember, SuppressionReason } from "./model.ts";

/** What tests and the demo company may do behind Ghost's back. Nothing of it is in the journal. */
export type GhostControl = {
  /** Adds or replaces by address. */
  load(members: Iterable<SeedMember>): void;
  /** Takes people away by address; unknown ones are ignored. */
  unload(emails: Iterable<string>): void;
  clear(): void;
  /** What the mail job does after a hard bounce or a complaint. */
  suppress(email: string, reason: SuppressionReason): boolean;
  addNewsletter(name: string, options?: { slug?: string; subscribeOnSignup?: boolean }): void;
  find(email: string): SimMember | undefined;
  members(): readonly SimMember[];
  journal(): readonly GhostEntry[];
  /** Requests so far, oldest first; the last 10,000. */
  requests(): readonly SeenRequest[];
  fault(...faults: readonly Fault[]): void;
  clearFaults(): void;
};

export function ghostControl(
  store: MemberStore,
  journal: GhostJournal,
  { faults, requests }: Pick<RunningSimulator, "faults" | "requests">,
  now: () => number,
): GhostControl {
  return {
    load: (members) => store.load(members),
    unload(emails) {
      for (const email of emails) {
        const member = store.byEmail(email);
        if (member) store.delete(member.id);
      }
    },
    clear: () => store.clear(),
    suppress(email, reason) {
      const member = store.byEmail(email);
      store.suppressions.set(email, { reason, at: now() });
      if (member) store.put({ ...member, emailDisabled: true, updatedAt: now() });
      return member !== undefined;
    },
    addNewsletter(name, options) {
      store.addNewsletter(name, options);
    },
    find: (email) => store.byEmail(email),
    members: () => store.all(),
    journal: () => journal.entries,
    requests: () => requests,
    fault: (...more) => faults.add(...more),
    clearFaults: () => faults.clear(),
  };
}

/** The same for other processes. Paths after `/__control/`; null: there is no such thing. */
export function controlAnswer(
  control: GhostControl,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): unknown {
  const list: readonly unknown[] = Array.isArray(body) ? body : [body];
  switch (`${method} ${path}`) {
    case "GET members": {
      const email = query.get("email");
      return new Lines(
        email === null ? control.members() : [control.find(email)].filter((m) => m !== undefined),
      );
    }
    case "POST load": {
      const seeds = (list as readonly (Omit<SeedMember, "createdAt"> & { createdAt?: string })[]).map(
        ({ createdAt, ...seed }) => (createdAt ? { ...seed, createdAt: new Date(createdAt) } : seed),
      );
      control.load(seeds);
      return { members: control.members().length };
    }
    case "POST unload":
      control.unload(list.filter((e) => typeof e === "string"));
      return { members: control.members().length };
    case "POST suppress":
      for (const { email, reason } of list as readonly { email: string; reason?: SuppressionReason }[]) {
        control.suppress(email, reason ?? "bounce");
      }
      return { ok: true };
    default:
      return null;
  }
}
