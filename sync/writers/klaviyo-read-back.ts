import type { KlaviyoSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { CONSENT_ORDER, type ConsentState, type SegmentSource } from "../../core/model.ts";
import type { Context, PersonRef } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import type { ReadClient } from "../../systems/http/read-client.ts";
import { attributeOf } from "../../systems/klaviyo/attribute.ts";
import { groupsCalled } from "../../systems/klaviyo/client.ts";
import { consentOf, type KlaviyoProfile } from "../../systems/klaviyo/profile.ts";
import {
  type GroupKind,
  groupOf,
  inSource,
  isKlaviyoSource,
  type ProfileSource,
} from "../../systems/klaviyo/source.ts";
import { findPeople, type Group, membersAmong } from "./klaviyo-people.ts";
import { isHiccup } from "./outcome.ts";

/** The one list or segment of this name or id. @throws AuditorError config when there is none, or more than one */
export async function groupCalled(
  config: KlaviyoSystem,
  http: ReadClient,
  { kind, name }: { readonly kind: GroupKind; readonly name: string },
  context: Context,
): Promise<Group> {
  const [group, ...others] = await groupsCalled(http, config.id, kind, name, context);
  if (group !== undefined && others.length === 0) return { kind, id: group.id };
  throw group === undefined
    ? new AuditorError(
        "config",
        config.id,
        `Klaviyo has no ${kind} "${name}"`,
        "make it there, or correct the segment",
      )
    : new AuditorError(
        "config",
        config.id,
        `Klaviyo has several ${kind}s called "${name}"`,
        "write the id of one",
      );
}

/** State of these people, in their order; null where Klaviyo did not answer for that person. */
export async function klaviyoReadBack(
  config: KlaviyoSystem,
  http: ReadClient,
  people: readonly PersonRef[],
  source: SegmentSource,
  context: Context,
): Promise<readonly (PersonState | null)[]> {
  if (!isKlaviyoSource(source))
    throw new AuditorError(
      "config",
      config.id,
      "this segment is not of a kind that Klaviyo has",
      "use list, segment, subscribed, suppressed or all",
    );
  if (people.length === 0) return [];
  const named = groupOf(source);
  try {
    const found = await findPeople({ config, http, context }, people);
    const profiles = found.flatMap((f) => f ?? []);
    const members =
      named === null
        ? new Set(profiles.filter((p) => inSource(p, source as ProfileSource)).map((p) => p.id))
        : await membersAmong(
            { config, http, context },
            await groupCalled(config, http, named, context),
            profiles,
          );
    return found.map((mine) => (mine === null ? null : stateOf(config, mine, members)));
  } catch (e) {
    // a wrong key or configuration concerns everybody and is told; a hiccup only means that these cannot be told now
    if (!isHiccup(e)) throw e;
    context.log.warn("klaviyo.read_back_failed", {
      system: config.id,
      runId: context.runId,
      kind: e.kind,
      people: people.length,
    });
    return people.map(() => null);
  }
}

function stateOf(
  config: KlaviyoSystem,
  mine: readonly KlaviyoProfile[],
  members: ReadonlySet<string>,
): PersonState {
  const [first] = mine;
  const attributes: Record<string, string | null> = {};
  for (const [name, field] of Object.entries(config.attributes)) {
    const value = first === undefined ? undefined : attributeOf(first.attributes, field);
    if (value !== undefined) attributes[name] = value;
  }
  return {
    found: mine.length > 0,
    inSegment: mine.some((p) => members.has(p.id)),
    consent: mine.map((p) => consentOf(p).state).reduce(mostRestrictive, "unknown"),
    attributes,
    mailable: mailableOf(mine),
    version: first?.updatedAt ?? null,
  };
}

/** null: nobody there, or Klaviyo does not tell. */
function mailableOf(mine: readonly KlaviyoProfile[]): boolean | null {
  if (mine.some((p) => p.canReceiveEmail === true)) return true;
  return mine.length === 0 || mine.some((p) => p.canReceiveEmail === null) ? null : false;
}

function mostRestrictive(a: ConsentState, b: ConsentState): ConsentState {
  if (a === "unknown") return b;
  if (b === "unknown") return a;
  return CONSENT_ORDER.indexOf(a) <= CONSENT_ORDER.indexOf(b) ? a : b;
}
