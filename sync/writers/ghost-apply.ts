import type { GhostSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Context, OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { labelsOf, membersByEmail } from "../../systems/ghost/client.ts";
import { CREATED_NOTE, isLabel } from "../../systems/ghost/member.ts";
import { type GhostLabel, type GhostMember, memberOf } from "../../systems/ghost/wire.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import type { WriteClient } from "../../systems/http/write-client.ts";
import { editOf, isDone } from "./ghost-edit.ts";
import { type GhostIntent, isIntent, judge } from "./ghost-judge.ts";
import { emailOf } from "./ghost-read-back.ts";
import { accepted, applied, failed, noEffect, noop, notSent, refused, unknown } from "./outcome.ts";

/** One batch: `label` is looked up at the first add of it. */
export type Session = {
  readonly config: GhostSystem;
  readonly http: WriteClient;
  readonly context: Context;
  label: GhostLabel | null;
  refusedKey?: boolean;
};

async function labelCalled(s: Session, name: string): Promise<GhostLabel> {
  const label = s.label ?? (await labelsOf(s.http, s.config.id, s.context)).find((l) => isLabel(l, name));
  if (label === undefined)
    throw new AuditorError(
      "config",
      s.config.id,
      `Ghost has no label "${name}"`,
      "make it in Ghost, or correct the segment",
    );
  return label;
}

/** Read, judge, write, read again: one change, one outcome. Throws nothing that Ghost can cause. */
export async function applyOne(s: Session, change: OpenChange, source: SegmentSource): Promise<WriteOutcome> {
  const intent = judge(change, source, s.config.attributes);
  if (!isIntent(intent)) return intent;
  const email = emailOf(change.identifiers);
  if (email === null)
    return failed("the person has no usable e-mail address, and Ghost knows people by nothing else");
  let found: readonly GhostMember[];
  try {
    if (intent.kind === "label_on") s.label = await labelCalled(s, intent.label);
    // read right before the write: Ghost has no If-Match, so this is as small as the gap gets
    found = await membersByEmail(s.http, s.config.id, [email], spelling(change), s.context);
  } catch (e) {
    if (!(e instanceof AuditorError)) throw e;
    s.refusedKey = e.kind === "auth";
    return notSent(e);
  }
  const mine = found.filter((m) => m.email.toLowerCase() === email);
  if (mine.length === 0) return intent.kind === "label_on" ? create(s, change, email) : absent(intent);
  if (intent.kind === "label_on" && mine.some((m) => isDone(m, intent, s.label)))
    return noop("has the label already");
  let last: WriteOutcome = noop("is so already");
  // one person in several spellings: everything but an add concerns each of them
  for (const m of intent.kind === "label_on" ? mine.slice(0, 1) : mine) {
    const edit = editOf(m, intent, s.label);
    if (edit === null) continue;
    const answer = await s.http.send("PUT", `/members/${m.id}/`, {}, { members: [edit] }, s.context);
    const done = answer.ok ? await readAgain(answer.body, intent, s) : sorted(answer, s);
    if (done.status !== "applied") return done;
    last = done;
  }
  return last;
}

async function create(s: Session, change: OpenChange, email: string): Promise<WriteOutcome> {
  if (s.label === null) return refused("people can be added to a label only");
  const labels = [{ name: s.label.name, slug: s.label.slug }];
  const member = {
    email: change.identifiers.email?.trim() ?? email,
    labels,
    newsletters: [],
    note: CREATED_NOTE,
  };
  const answer = await s.http.send("POST", "/members/", {}, { members: [member] }, s.context);
  if (answer.ok) return readAgain(answer.body, { kind: "label_on", label: s.label.name }, s);
  return answer.status === 422 ? takenOrRefused(s, change, email, answer) : sorted(answer, s);
}

/**
 * 422: the member was made a moment ago, perhaps by this very request when the network delivered it twice; or Ghost does
 * not take the address. Whether the member is there now tells which.
 */
async function takenOrRefused(
  s: Session,
  change: OpenChange,
  email: string,
  answer: Exchange & { ok: false },
): Promise<WriteOutcome> {
  try {
    const found = await membersByEmail(s.http, s.config.id, [email], spelling(change), s.context);
    if (found.length === 0) return sorted(answer, s);
  } catch (e) {
    if (!(e instanceof AuditorError)) throw e;
  }
  return unknown(answer.error.message);
}

/** Reads the member once more: an answer to a write only echoes what was sent. */
async function readAgain(answer: unknown, intent: GhostIntent, s: Session): Promise<WriteOutcome> {
  try {
    const { id } = memberOf(answer, s.config.id);
    const member = memberOf(
      await s.http.get(`/members/${id}/`, { include: "labels,newsletters" }, s.context),
      s.config.id,
    );
    return isDone(member, intent, s.label)
      ? applied
      : accepted("Ghost said yes, but the record is unchanged");
  } catch (e) {
    if (e instanceof AuditorError)
      return accepted(`Ghost said yes, but the record could not be read again (${e.message})`);
    throw e;
  }
}

function sorted(answer: Exchange & { ok: false }, s: Session): WriteOutcome {
  if (answer.effect === "unknown") return unknown(answer.error.message);
  if (answer.error.kind === "auth") s.refusedKey = true;
  return noEffect(answer.error);
}

function absent(intent: GhostIntent): WriteOutcome {
  if (intent.kind === "no_newsletters") return noop("not in Ghost, so Ghost sends them nothing");
  return intent.kind === "label_off" ? noop("not in Ghost") : failed("the person is not in Ghost");
}

const spelling = (change: OpenChange): readonly string[] =>
  change.identifiers.email === undefined ? [] : [change.identifiers.email.trim()];
