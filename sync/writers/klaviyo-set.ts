import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { attributeOf, fieldPath, rawOf } from "../../systems/klaviyo/attribute.ts";
import type { KlaviyoProfile } from "../../systems/klaviyo/profile.ts";
import type { KlaviyoIntent } from "./klaviyo-judge.ts";
import { findPeople, profilesNow } from "./klaviyo-people.ts";
import { type Session, sorted } from "./klaviyo-session.ts";
import { accepted, applied, failed, noop, notSent } from "./outcome.ts";

type SetIntent = Extract<KlaviyoIntent, { kind: "set" }>;

/** Sets one field of one person: look, write, look again. */
export async function setField(s: Session, change: OpenChange, intent: SetIntent): Promise<WriteOutcome> {
  let mine: readonly KlaviyoProfile[] | null;
  try {
    mine = (await findPeople(s, [change]))[0] ?? null;
  } catch (e) {
    return notSent(e);
  }
  if (mine === null) return failed("the person has no identifier that Klaviyo knows people by");
  if (mine.length === 0) return failed("the person is not in Klaviyo");
  const open = mine.filter((p) => !isDone(p, intent));
  if (open.length === 0) return noop("is so already");
  for (const p of open) {
    const body = { data: { type: "profile", id: p.id, ...editOf(p, intent) } };
    const answer = await s.http.send("PATCH", `/profiles/${encodeURIComponent(p.id)}`, {}, body, s.context);
    if (!answer.ok) return sorted(answer, 0);
  }
  try {
    const now = await profilesNow(
      s,
      open.map((p) => p.id),
    );
    return open.every((p) => isDone(now.get(p.id) ?? p, intent))
      ? applied
      : accepted("Klaviyo said yes, but the record is unchanged");
  } catch (e) {
    return accepted(`Klaviyo said yes, but the record could not be read again (${notSent(e).because ?? ""})`);
  }
}

const isDone = (p: KlaviyoProfile, { field, value }: SetIntent): boolean =>
  (attributeOf(p.attributes, field) ?? null) === value;

/** What to send: Klaviyo merges properties and locations, and needs a property that goes away named. */
function editOf(p: KlaviyoProfile, { field, value }: SetIntent): Readonly<Record<string, unknown>> {
  const [root = "", inner] = fieldPath(field);
  if (inner === undefined) return { attributes: { [root]: value } };
  if (root === "properties" && value === null)
    return { attributes: {}, meta: { patch_properties: { unset: inner } } };
  return {
    attributes: {
      [root]: { [inner]: root === "properties" ? typed(value, rawOf(p.attributes, field)) : value },
    },
  };
}

/** A property keeps its type: segments compare numbers as numbers. */
function typed(value: string | null, before: unknown): unknown {
  if (value === null) return null;
  if (typeof before === "number" && String(Number(value)) === value) return Number(value);
  if (typeof before === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}
