import type { MailmanSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Context, PersonRef } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import { normalise } from "../../members/normalise.ts";
import type { ReadClient } from "../../systems/http/read-client.ts";
import { bansOf, deliveryOfMember, isList, listsOf, membershipsOf } from "../../systems/mailman/client.ts";
import {
  attributesOf,
  consentOf,
  consentOfAll,
  isMailmanSource,
  mailableOf,
  type Standing,
} from "../../systems/mailman/member.ts";
import type { MailmanList } from "../../systems/mailman/wire.ts";
import { isHiccup } from "./outcome.ts";

type Look = {
  readonly config: MailmanSystem;
  readonly http: ReadClient;
  readonly context: Context;
  /** The segment's list; null: the segment is not one. */
  readonly list: MailmanList | null;
  readonly suppressed: boolean;
  readonly everywhere: ReadonlySet<string>;
  readonly onList: ReadonlySet<string>;
};

/** State of these people, in their order; null where Mailman did not answer for that person. */
export async function mailmanReadBack(
  config: MailmanSystem,
  http: ReadClient,
  people: readonly PersonRef[],
  source: SegmentSource,
  context: Context,
): Promise<readonly (PersonState | null)[]> {
  if (!isMailmanSource(source))
    throw new AuditorError(
      "config",
      config.id,
      "this segment is not of a kind that Mailman has",
      "use list, suppressed or all",
    );
  if (people.length === 0) return [];
  const states: (PersonState | null)[] = [];
  try {
    const at = { http, where: config.id, call: context };
    const list = "list" in source ? ((await listsOf(at)).find((l) => isList(l, source.list)) ?? null) : null;
    const look: Look = {
      config,
      http,
      context,
      list,
      suppressed: "suppressed" in source,
      everywhere: (await bansOf(at, null)).addresses,
      onList: list === null ? new Set() : (await bansOf(at, list.id)).addresses,
    };
    for (const p of people) {
      const raw = p.identifiers.email;
      const email = raw === undefined ? null : normalise("email", raw);
      states.push(email === null ? null : await stateOf(look, email, "all" in source));
    }
    return states;
  } catch (e) {
    // a wrong password or configuration concerns everybody and is told; a hiccup only means that the rest cannot be told now
    if (!isHiccup(e)) throw e;
    context.log.warn("mailman.read_back_failed", {
      system: config.id,
      runId: context.runId,
      kind: e.kind,
      people: people.length - states.length,
    });
    return people.map((_, i) => states[i] ?? null);
  }
}

async function stateOf(look: Look, email: string, everybody: boolean): Promise<PersonState> {
  const { config, http, context } = look;
  const at = { http, where: config.id, call: context };
  const mine = await membershipsOf(at, email);
  const standings: { readonly listId: string | null; readonly standing: Standing }[] = [];
  for (const m of mine) {
    const banned = look.everywhere.has(email) || (m.listId === look.list?.id && look.onList.has(email));
    const delivery = await deliveryOfMember(at, m.id);
    standings.push({ listId: m.listId, standing: { delivery, banned } });
  }
  const all = standings.map((s) => s.standing);
  const here = standings.find((s) => look.list !== null && s.listId === look.list.id);
  const mailable = all.some(mailableOf);
  const first = mine[0];
  return {
    found: mine.length > 0,
    inSegment: look.suppressed
      ? mine.length > 0 && !mailable && all.some((x) => x.delivery !== "unknown" || x.banned)
      : everybody
        ? mine.length > 0
        : here !== undefined,
    consent: here === undefined ? consentOfAll(all) : consentOf(here.standing),
    mailable: mine.length === 0 ? null : mailable,
    attributes: first === undefined ? {} : attributesOf(first, config.attributes),
    version: null,
  };
}
