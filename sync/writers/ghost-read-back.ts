import type { GhostSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { IdentifierKind, SegmentSource } from "../../core/model.ts";
import type { Context, PersonRef } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import { normalise } from "../../members/normalise.ts";
import { attributeOf, ghostField } from "../../systems/ghost/attribute.ts";
import { hasOptedOut, membersByEmail, newslettersOf } from "../../systems/ghost/client.ts";
import {
  consentOf,
  createdByUs,
  inSegment,
  isGhostSource,
  isNewsletter,
  mailableOf,
  mostRestrictive,
} from "../../systems/ghost/member.ts";
import type { GhostMember } from "../../systems/ghost/wire.ts";
import type { ReadClient } from "../../systems/http/read-client.ts";
import { isHiccup } from "./outcome.ts";

/** Addresses a request: 20 in two spellings stay well below common limits of a URL. */
const TOGETHER = 20;

export const emailOf = (ids: Readonly<Partial<Record<IdentifierKind, string>>>): string | null =>
  ids.email === undefined ? null : normalise("email", ids.email);

/** State of these people, in their order; null where Ghost did not answer for that person. */
export async function ghostReadBack(
  config: GhostSystem,
  http: ReadClient,
  people: readonly PersonRef[],
  source: SegmentSource,
  context: Context,
): Promise<readonly (PersonState | null)[]> {
  if (!isGhostSource(source))
    throw new AuditorError(
      "config",
      config.id,
      "this segment is not of a kind that Ghost has",
      "use label, newsletter, suppressed or all",
    );
  const newsletterId =
    "newsletter" in source
      ? ((await newslettersOf(http, config.id, context)).find((n) => isNewsletter(n, source.newsletter))
          ?.id ?? null)
      : null;
  const states: (PersonState | null)[] = [];
  for (let at = 0; at < people.length; at += TOGETHER) {
    const some = people.slice(at, at + TOGETHER);
    states.push(...(await readSome(config, http, some, (m) => inSegment(m, source, newsletterId), context)));
  }
  return states;
}

async function readSome(
  config: GhostSystem,
  http: ReadClient,
  people: readonly PersonRef[],
  isIn: (m: GhostMember) => boolean,
  context: Context,
): Promise<readonly (PersonState | null)[]> {
  const emails = people.map((p) => emailOf(p.identifiers));
  const known = emails.filter((e) => e !== null);
  try {
    const found = await membersByEmail(
      http,
      config.id,
      known,
      people.flatMap((p) => (p.identifiers.email === undefined ? [] : [p.identifiers.email.trim()])),
      context,
    );
    const states: (PersonState | null)[] = [];
    for (const email of emails) {
      const mine = email === null ? [] : found.filter((m) => m.email.toLowerCase() === email);
      states.push(email === null ? null : await stateOf(config, http, mine, isIn, context));
    }
    return states;
  } catch (e) {
    // a wrong key or configuration concerns everybody and is told; a hiccup only means that these cannot be told now
    if (!isHiccup(e)) throw e;
    context.log.warn("ghost.read_back_failed", {
      system: config.id,
      runId: context.runId,
      kind: e.kind,
      people: people.length,
    });
    return people.map(() => null);
  }
}

async function stateOf(
  config: GhostSystem,
  http: ReadClient,
  mine: readonly GhostMember[],
  isIn: (m: GhostMember) => boolean,
  context: Context,
): Promise<PersonState> {
  const first = mine[0];
  const attributes: Record<string, string | null> = {};
  for (const [name, field] of Object.entries(config.attributes)) {
    const value = first === undefined ? undefined : attributeOf(first, ghostField(field));
    if (value !== undefined) attributes[name] = value;
  }
  let consent: PersonState["consent"] = "unknown";
  for (const m of mine) {
    const asked = createdByUs(m) && m.newsletters.length === 0;
    consent = mostRestrictive(consent, consentOf(m, asked && (await hasOptedOut(http, m.id, context))));
  }
  return {
    found: mine.length > 0,
    inSegment: mine.some(isIn),
    consent,
    attributes,
    mailable: mine.length === 0 ? null : mine.some(mailableOf),
    version: first?.updatedAt ?? null,
  };
}
