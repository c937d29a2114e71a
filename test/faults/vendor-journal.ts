/** A simulator's journal in the words of a plan: which operation an entry is, and what of it no plan may do. */
import type { Op } from "../../core/repair.ts";
import type { GhostEntry } from "../../demo/ghost/journal.ts";
import type { PersonState } from "../../demo/klaviyo/account.ts";
import type { JournalEntry } from "../../demo/sim/journal.ts";
import type { Mutation } from "./vendor-sims.ts";

export type KlaviyoEntry = JournalEntry<PersonState>;

/** Is one of these facts not as it was? */
const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
const without = (all: readonly string[], one: string): readonly string[] =>
  all.filter((x) => x !== one).sort();

export function changedGhost(e: GhostEntry): Mutation {
  const [was, is] = [e.before, e.after];
  const [had, has] = [was?.labels.includes("active") ?? false, is?.labels.includes("active") ?? false];
  const ops: Op[] = [];
  if ((was?.newsletters.length ?? 0) > 0 && is?.newsletters.length === 0) ops.push("suppress");
  if (had && !has) ops.push("remove");
  if (!had && has) ops.push("add");
  if (was !== null && is !== null && was.name !== is.name) ops.push("set");
  const wrong: string[] = [];
  if (is === null) wrong.push("took the record away");
  if (is?.newsletters.some((n) => !was?.newsletters.includes(n))) wrong.push("subscribed");
  if (was !== null && is !== null && differs(without(was.labels, "active"), without(is.labels, "active")))
    wrong.push("changed another label");
  if (was !== null && was.note !== is?.note) wrong.push("changed the note");
  return said(e, is?.email ?? was?.email ?? "", ops, wrong);
}

export function changedKlaviyo(e: KlaviyoEntry, list: string): Mutation {
  const [was, is] = [e.before, e.after];
  const [had, has] = [was?.lists.includes(list) ?? false, is?.lists.includes(list) ?? false];
  const ops: Op[] = [];
  if (was?.canReceiveEmail === true && is?.canReceiveEmail === false) ops.push("suppress");
  if (had && !has) ops.push("remove");
  if (!had && has) ops.push("add");
  if (was !== null && is !== null && was.properties.plan !== is.properties.plan) ops.push("set");
  const wrong: string[] = [];
  if (is === null) wrong.push("took the record away");
  if (was === null) wrong.push("made a record");
  if (was?.canReceiveEmail === false && is?.canReceiveEmail === true) wrong.push("lifted a suppression");
  if (was?.suppressions.some((s) => !is?.suppressions.includes(s))) wrong.push("lifted a suppression");
  if (was?.consent !== is?.consent || was?.smsConsent !== is?.smsConsent) wrong.push("changed a consent");
  if (was !== null && is !== null && differs(without(was.lists, list), without(is.lists, list)))
    wrong.push("changed another list");
  return said(e, is?.email ?? was?.email ?? "", ops, wrong);
}

function said(
  e: { readonly at: string; readonly op: string },
  email: string,
  ops: readonly Op[],
  wrong: readonly string[],
): Mutation {
  const nothing = ops.length === 0 ? [`did what no verb of a plan does (${e.op})`] : [];
  const all = [...wrong, ...(wrong.length === 0 ? nothing : [])];
  return { at: Date.parse(e.at), email, ops, wrong: all.length === 0 ? null : all.join(", ") };
}
