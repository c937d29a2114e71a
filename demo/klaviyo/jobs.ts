import type { Account, Op } from "./account.ts";
import type { EmailMarketing, SimProfile, SuppressionReason } from "./model.ts";
import type { ProfileInput } from "./profile-input.ts";
import { applyProfile, blankProfile } from "./profile-write.ts";

/** One person of a bulk job, by whatever the caller knows. */
export type JobPerson = {
  readonly id: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** Channels to change; suppressions are about email always. */
  readonly channels: readonly ("email" | "sms" | "push")[];
  /** When consent was given, where the caller says so. */
  readonly consentedAt: number | null;
};

export type JobWork =
  | {
      readonly kind: "subscribe" | "unsubscribe";
      readonly people: readonly JobPerson[];
      readonly listId: string | null;
      readonly historical: boolean;
    }
  | { readonly kind: "suppress" | "unsuppress"; readonly people: readonly JobPerson[] }
  | {
      readonly kind: "import";
      readonly profiles: readonly ProfileInput[];
      readonly listIds: readonly string[];
    };

/** Suppressions that "subscribe" takes away. Bounces and invalid addresses stay. */
const LIFTED_BY_SUBSCRIBE: readonly SuppressionReason[] = [
  "UNSUBSCRIBE",
  "SPAM_COMPLAINT",
  "USER_SUPPRESSED",
];

/** Does what a job is for, at the moment when it completes. */
export function runJob(account: Account, work: JobWork, atMs: number, skipFirst: boolean): void {
  if (work.kind === "import") {
    for (const input of skipFirst ? work.profiles.slice(1) : work.profiles)
      importOne(account, work.listIds, input, atMs);
    return;
  }
  for (const person of skipFirst ? work.people.slice(1) : work.people) {
    const known =
      (person.id === null ? undefined : account.store.profile(person.id)) ?? account.store.find(person);
    if (!known && work.kind === "unsuppress") continue;
    const p = known ?? {
      ...blankProfile(account.store.ids.profile(), atMs),
      email: person.email,
      phone: person.phone,
    };
    const op: Op = `job.${work.kind}`;
    account.mutate(op, p.id, atMs, () => {
      if (work.kind === "subscribe") subscribe(account, p, person, work, atMs);
      else if (work.kind === "unsubscribe") unsubscribe(account, p, person, work.listId, atMs);
      else if (work.kind === "suppress")
        putEmail(account, p, addSuppression(p, "USER_SUPPRESSED", atMs), atMs);
      else putEmail(account, p, lift(p, ["USER_SUPPRESSED"]), atMs);
    });
  }
}

function importOne(account: Account, listIds: readonly string[], input: ProfileInput, atMs: number): void {
  const { profile } = applyProfile(account, input, { how: "upsert", known: undefined, atMs, dry: false });
  for (const list of listIds)
    account.mutate("job.import", profile.id, atMs, () =>
      account.addToList(list, profile.id, atMs, { flows: true }),
    );
}

const putEmail = (account: Account, p: SimProfile, emailMarketing: EmailMarketing, atMs: number): void =>
  account.store.put({ ...p, emailMarketing, updatedAt: atMs });

function addSuppression(p: SimProfile, reason: SuppressionReason, atMs: number): EmailMarketing {
  const m = p.emailMarketing;
  const known = m.suppressions.some((s) => s.reason === reason);
  return {
    ...m,
    updatedAt: atMs,
    suppressions: known ? m.suppressions : [...m.suppressions, { reason, at: atMs }],
  };
}

const lift = (p: SimProfile, reasons: readonly SuppressionReason[]): EmailMarketing => ({
  ...p.emailMarketing,
  suppressions: p.emailMarketing.suppressions.filter((s) => !reasons.includes(s.reason)),
});

/** Grants consent, lifts unsubscribes, spam reports and manual suppressions alike, and puts on the list, if one is named. */
function subscribe(
  account: Account,
  p: SimProfile,
  person: JobPerson,
  { listId, historical }: { readonly listId: string | null; readonly historical: boolean },
  atMs: number,
): void {
  const list = listId === null ? undefined : account.store.lists.get(listId);
  if (list?.optIn === "double_opt_in" && !historical) {
    account.store.put(p);
    account.sends.push({ at: atMs, kind: "confirmation", source: list.id, profileId: p.id, messages: 1 });
    return;
  }
  const at = person.consentedAt ?? atMs;
  const given = { consent: "SUBSCRIBED", consentAt: at } as const;
  const email: EmailMarketing = {
    ...lift(p, LIFTED_BY_SUBSCRIBE),
    ...given,
    updatedAt: atMs,
    method: "API",
    doubleOptin: false,
    listSuppressions: p.emailMarketing.listSuppressions.filter((s) => s.listId !== listId),
  };
  account.store.put({
    ...p,
    emailMarketing: person.channels.includes("email") ? email : p.emailMarketing,
    sms: person.channels.includes("sms") ? given : p.sms,
    push: person.channels.includes("push") ? given : p.push,
    updatedAt: atMs,
  });
  if (list) account.addToList(list.id, p.id, atMs, { flows: !historical });
}

/** With a list that the person is on: from that list. Without one, **or with one that the person is not on**: from everything. */
function unsubscribe(
  account: Account,
  p: SimProfile,
  person: JobPerson,
  listId: string | null,
  atMs: number,
): void {
  const withdrawn = { consent: "UNSUBSCRIBED", consentAt: atMs } as const;
  const onList = listId !== null && account.store.joinedAt(listId, p.id) !== null;
  const sms = person.channels.includes("sms") ? withdrawn : p.sms;
  const push = person.channels.includes("push") ? withdrawn : p.push;
  if (!person.channels.includes("email")) {
    account.store.put({ ...p, sms, push, updatedAt: atMs });
    return;
  }
  const listSuppression = { listId: listId ?? "", reason: "UNSUBSCRIBE", at: atMs };
  const emailMarketing: EmailMarketing = onList
    ? {
        ...p.emailMarketing,
        updatedAt: atMs,
        listSuppressions: [...p.emailMarketing.listSuppressions, listSuppression],
      }
    : { ...addSuppression(p, "UNSUBSCRIBE", atMs), ...withdrawn };
  account.store.put({ ...p, emailMarketing, sms, push, updatedAt: atMs });
  if (onList) account.store.leave(listId, p.id);
}
