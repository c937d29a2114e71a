import { AuditorError, isKind } from "../core/errors.ts";
import type { TargetEnd } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { bansOf, deliveryPage, rosterPage } from "../systems/mailman/client.ts";
import type { Standing } from "../systems/mailman/member.ts";
import { walk } from "../systems/mailman/walk.ts";
import type { Delivery, MailmanList, MailmanMember } from "../systems/mailman/wire.ts";
import { type FieldNotes, fieldNotes } from "./field-types.ts";

export type Session = {
  readonly where: string;
  readonly http: ReadClient;
  readonly context: Context;
  readonly pageSize: number;
};

/** One list as it was read, with the proof that nothing is missing. */
export type ListReading = {
  readonly list: MailmanList;
  readonly members: readonly MailmanMember[];
  /** By id of the membership; absent: it could not be told. */
  readonly standing: ReadonlyMap<string, Standing>;
  readonly bans: ReadonlySet<string>;
  readonly patterns: number;
  readonly declared: number | null;
  readonly complete: boolean;
  readonly because: string;
  readonly fields: TargetEnd["fields"];
};

/** Mailman filters by these; whoever is in none of them is enabled, and their number proves it. */
const DISABLED: readonly Delivery[] = ["by_user", "by_bounces", "by_moderator"];
const TRIES = 3;
/** Mailman looks at the whole list for each page of a filter, so those are larger. */
const FILTERED = 20;

/**
 * Reads one list: its roster, who of it is not sent mail and why, and its bans. A page that is lost leaves what was read
 * before as partial.
 *
 * @param everywhere addresses banned from the whole server
 * @throws AuditorError when nothing at all could be read
 */
export async function readList(
  s: Session,
  list: MailmanList,
  everywhere: ReadonlySet<string>,
): Promise<ListReading> {
  const at = { http: s.http, where: s.where, call: s.context };
  const notes = fieldNotes();
  const members: MailmanMember[] = [];
  let declared: number | null = null;
  let delivery: ReadonlyMap<string, Delivery> = new Map();
  let bans: Awaited<ReturnType<typeof bansOf>> = { addresses: new Set(), patterns: 0 };
  const done = (complete: boolean, because: string): ListReading => ({
    list,
    members,
    standing: standingOf(members, delivery, bans.addresses, everywhere),
    bans: bans.addresses,
    patterns: bans.patterns,
    declared,
    complete,
    because,
    fields: typesOf(notes),
  });
  try {
    const walked = await walk(rosterPage(at, list.id), s.pageSize, (page, fresh) => {
      declared ??= page.total;
      members.push(...fresh);
      for (const record of page.raw) notes.note(record);
    });
    bans = await bansOf(at, list.id);
    const told = await deliveries(s, list.id, members);
    delivery = told.of;
    const proof = proofOf(list, walked.items.length, walked.firstTotal, walked.total);
    if (!proof.complete || told.because === null) return done(proof.complete, proof.because);
    return done(false, told.because);
  } catch (e) {
    if (declared === null || isKind(e, "interrupted") || !(e instanceof AuditorError)) throw e;
    s.context.log.warn("mailman.page_lost", {
      system: s.where,
      runId: s.context.runId,
      kind: e.kind,
      read: members.length,
      declared,
    });
    return done(false, `a page was lost after ${members.length} of ${declared} members (${e.message})`);
  }
}

type Proof = { readonly complete: boolean; readonly because: string };

function proofOf(list: MailmanList, read: number, first: number, last: number): Proof {
  if (read === 0 && (list.members ?? 0) > 0)
    return {
      complete: false,
      because: `the list came back empty, but Mailman counts ${list.members} members on it`,
    };
  if (read < last)
    return {
      complete: false,
      because: `${read} members read, ${first} declared at first and ${last} at the end`,
    };
  return {
    complete: true,
    because:
      first === last && read === last
        ? `${read} members read, ${last} declared, and the last page was not full`
        : `${read} members read; ${first} declared at first and ${last} at the end, so people came or left meanwhile`,
  };
}

/**
 * Who is not sent mail, by membership. Enabled and disabled must add up to the list: else somebody's delivery is not
 * known, and it is asked again, as it may have changed just then.
 */
async function deliveries(
  s: Session,
  listId: string,
  members: readonly MailmanMember[],
): Promise<{ readonly of: ReadonlyMap<string, Delivery>; readonly because: string | null }> {
  const at = { http: s.http, where: s.where, call: s.context };
  const total = async (d: Delivery | null): Promise<number> =>
    (await (d === null ? rosterPage(at, listId) : deliveryPage(at, listId, d))(1, 1)).total;
  let because: string | null = null;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const of = new Map<string, Delivery>();
    const find = async (d: Delivery): Promise<void> => {
      for (const m of (await walk(deliveryPage(at, listId, d), s.pageSize * FILTERED)).items) of.set(m.id, d);
    };
    for (const d of DISABLED) await find(d);
    const enabled = await total("enabled");
    const all = await total(null);
    // rare: imported from Mailman 2, or added by Plumbline
    if (enabled + of.size !== all) await find("unknown");
    if (enabled + of.size === all) {
      for (const m of members) if (!of.has(m.id)) of.set(m.id, "enabled");
      return { of, because: null };
    }
    because = `${enabled} members are sent mail and ${of.size} are not, but the list has ${all}: for some it is not known`;
  }
  return { of: new Map(), because };
}

function standingOf(
  members: readonly MailmanMember[],
  delivery: ReadonlyMap<string, Delivery>,
  bans: ReadonlySet<string>,
  everywhere: ReadonlySet<string>,
): ReadonlyMap<string, Standing> {
  const standing = new Map<string, Standing>();
  for (const m of members) {
    const is = delivery.get(m.id);
    if (is !== undefined)
      standing.set(m.id, { delivery: is, banned: bans.has(m.email) || everywhere.has(m.email) });
  }
  return standing;
}

/** Without what Mailman adds to every record, and with the delivery that is looked up apart. */
function typesOf(notes: FieldNotes): TargetEnd["fields"] {
  const { http_etag: _, ...fields } = notes.types();
  return Object.keys(fields).length === 0 ? {} : { ...fields, delivery_status: "text" };
}
