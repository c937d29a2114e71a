import { AuditorError, isKind } from "../core/errors.ts";
import type { Instant, MemberRow, Page, TargetEnd } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { firstPage, memberCount, nextPage } from "../systems/klaviyo/client.ts";
import type { KlaviyoPage } from "../systems/klaviyo/json.ts";
import type { KlaviyoProfile } from "../systems/klaviyo/profile.ts";
import { type GroupKind, inSource, type ProfileSource } from "../systems/klaviyo/source.ts";
import { fieldNotes } from "./field-types.ts";
import { type Fields, klaviyoRow, namedFields } from "./klaviyo-row.ts";

/** One target of a pass, with what was counted for it so far. */
export type Wanted = { readonly index: number; readonly source: ProfileSource; count: number };

/** One walk over the members of a list or segment; `group` null: over everybody. */
export type Pass = {
  readonly where: string;
  readonly group: { readonly kind: GroupKind; readonly id: string } | null;
  readonly wanted: readonly Wanted[];
  readonly fields: Fields;
  readonly asOf: Instant;
};

type Proof = { readonly complete: boolean; readonly because: string };

/**
 * Follows the cursor to its end. For a list or segment Klaviyo's own count is taken before, and once more where it does
 * not agree; of everybody it keeps no count. What has been read stays valid, as partial, when a later page is lost.
 */
export async function* readPass(pass: Pass, http: ReadClient, context: Context): AsyncGenerator<Page> {
  const total = pass.group === null ? null : await memberCount(http, pass.where, pass.group, context);
  const ids = new Set<string>();
  const followed = new Set<string>();
  const notes = fieldNotes();
  const end = (items: readonly MemberRow[], { complete, because }: Proof): Page => ({
    items,
    asOf: pass.asOf,
    ends: pass.wanted.map(
      (w): TargetEnd => ({
        target: w.index,
        coverage: complete ? "complete" : "partial",
        because,
        enumerated: w.count,
        fields: notes.types(),
        declaredTotal: "all" in w.source ? total : null,
      }),
    ),
  });
  let page: KlaviyoPage<KlaviyoProfile> = await firstPage(
    http,
    pass.where,
    pass.group,
    pass.fields.map(([, field]) => field),
    context,
  );
  for (;;) {
    // a record that comes twice is one record, not two of one person
    const once = page.items.filter((p) => !ids.has(p.id) && ids.add(p.id));
    const items = rowsOf(once, pass, notes);
    const { next } = page;
    if (once.length === 0 && page.items.length > 0)
      return yield end(items, partly(`a page came twice after ${ids.size} ${of(total)}`));
    if (next !== null && followed.has(next))
      return yield end(items, partly(`Klaviyo named one page twice after ${ids.size} ${of(total)}`));
    try {
      if (next === null) return yield end(items, await prove(pass, ids.size, total, http, context));
      followed.add(next);
      // asked for while the rows of this one are worked on; a failure is met below, after they went out
      const ahead = nextPage(http, pass.where, next, context);
      ahead.catch(() => undefined);
      yield { items, asOf: pass.asOf, ends: [], progress: { read: ids.size, total } };
      page = await ahead;
    } catch (e) {
      if (isKind(e, "interrupted") || !(e instanceof AuditorError)) throw e;
      const read = { read: ids.size, declared: total };
      context.log.warn("klaviyo.page_lost", {
        system: pass.where,
        runId: context.runId,
        kind: e.kind,
        ...read,
      });
      // items of this page went out already, but for those of the last, whose proof was lost
      const last = next === null ? items : [];
      return yield end(last, partly(`a page was lost after ${ids.size} ${of(total)} (${e.message})`));
    }
  }
}

const of = (total: number | null): string => (total === null ? "records" : `of ${total} records`);
const partly = (because: string): Proof => ({ complete: false, because });

function rowsOf(
  profiles: readonly KlaviyoProfile[],
  pass: Pass,
  notes: ReturnType<typeof fieldNotes>,
): readonly MemberRow[] {
  const rows: MemberRow[] = [];
  for (const p of profiles) {
    notes.note(namedFields(p));
    const targets: number[] = [];
    for (const w of pass.wanted) {
      if (!inSource(p, w.source)) continue;
      w.count++;
      targets.push(w.index);
    }
    if (targets.length > 0) rows.push(klaviyoRow(p, pass.fields, targets));
  }
  return rows;
}

/**
 * Is this the whole? The last page says that none follow; and where the count is not the one we began with, it must not
 * be below what Klaviyo counts now: people who left only make us read more than there are.
 */
async function prove(
  pass: Pass,
  read: number,
  total: number | null,
  http: ReadClient,
  context: Context,
): Promise<Proof> {
  if (pass.group === null || total === null) return proveEverybody(pass, read, http, context);
  if (read === total)
    return {
      complete: true,
      because: `${read} records read, ${total} counted by Klaviyo, and the last page said that none follow`,
    };
  const now = await memberCount(http, pass.where, pass.group, context);
  const counted = `${read} records read; Klaviyo counted ${total} at first and ${now} at the end`;
  return read >= now
    ? { complete: true, because: `${counted}, so people came or left meanwhile` }
    : partly(counted);
}

/** Nobody at all is believed only when it is told twice: there is no count to hold against it. */
async function proveEverybody(pass: Pass, read: number, http: ReadClient, context: Context): Promise<Proof> {
  const because = `${read} records read, and the last page said that none follow (Klaviyo keeps no count of all)`;
  if (read > 0) return { complete: true, because };
  const again = await firstPage(http, pass.where, null, [], context);
  return again.items.length === 0
    ? { complete: true, because: "0 records read, and asked again Klaviyo told none" }
    : partly(`0 records read, but asked again Klaviyo told ${again.items.length}`);
}
