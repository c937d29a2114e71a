import { AuditorError, isKind } from "../core/errors.ts";
import type { Instant, MemberRow, Page, TargetEnd } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import { hasOptedOut, labelsOf, membersAfter, totalOf } from "../systems/ghost/client.ts";
import { createdByUs } from "../systems/ghost/member.ts";
import type { GhostMember, GhostPage } from "../systems/ghost/wire.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { fieldNotes } from "./field-types.ts";
import { type Fields, ghostRow, targetsOf, type Wanted } from "./ghost-row.ts";

/** One walk over the members that `filter` lets through; null: over all of them. */
export type Pass = {
  readonly where: string;
  readonly filter: string | null;
  readonly wanted: readonly Wanted[];
  readonly fields: Fields;
  readonly asOf: Instant;
};

/**
 * Walks by "id after the last one", not by page number: a member who leaves half-way then cannot push another off the
 * next page. What has been read stays valid, as partial, when a later page is lost.
 */
export async function* readPass(pass: Pass, http: ReadClient, context: Context): AsyncGenerator<Page> {
  const ids = new Set<string>();
  const notes = fieldNotes();
  let total: number | null = null;
  let after: string | null = null;
  const last = (items: readonly MemberRow[], coverage: TargetEnd["coverage"], because: string): Page => ({
    items,
    asOf: pass.asOf,
    ends: pass.wanted.map((w) => ({
      target: w.index,
      coverage,
      because,
      enumerated: w.count,
      fields: notes.types(),
      declaredTotal: pass.filter !== null || "all" in w.source ? total : null,
    })),
  });
  for (;;) {
    let page: GhostPage<GhostMember>;
    let items: readonly MemberRow[];
    let proof: Proof | null = null;
    try {
      page = await membersAfter(http, pass.where, pass.filter, after, context);
      total ??= page.total;
      const seen = after;
      const fresh = page.items.filter((m) => seen === null || m.id > seen);
      // a record that comes twice is one record, not two of one person
      const once = fresh.filter((m) => !ids.has(m.id) && ids.add(m.id));
      for (const m of once) notes.note(m.raw);
      items = await rowsOf(once, pass, http, context);
      after = page.items.at(-1)?.id ?? after;
      if (fresh.length < page.items.length)
        proof = { complete: false, because: `a page came twice after ${ids.size} of ${total} records` };
      else if (page.next === null || page.items.length === 0)
        proof = await prove(pass, page, ids.size, total, http, context);
    } catch (e) {
      if (total === null || isKind(e, "interrupted") || !(e instanceof AuditorError)) throw e;
      context.log.warn("ghost.page_lost", {
        system: pass.where,
        runId: context.runId,
        kind: e.kind,
        read: ids.size,
        declared: total,
      });
      yield last([], "partial", `a page was lost after ${ids.size} of ${total} records (${e.message})`);
      return;
    }
    if (proof !== null) {
      yield last(items, proof.complete ? "complete" : "partial", proof.because);
      return;
    }
    yield { items, asOf: pass.asOf, ends: [], progress: { read: ids.size, total } };
  }
}

/** Part of a list that may leave while it is read; more is a system that answers nothing and says so with a 200. */
const MOST_LEAVING = 0.2;

type Proof = { readonly complete: boolean; readonly because: string };

/**
 * Is this the whole? The last page must hold what it declares; and where the count is not the one we began with, it must
 * not be below what Ghost counts now: people who left only make us read more than there are. Nor may Ghost count far less.
 */
async function prove(
  pass: Pass,
  page: GhostPage<GhostMember>,
  read: number,
  total: number,
  http: ReadClient,
  context: Context,
): Promise<Proof> {
  if (page.items.length !== page.total || page.next !== null) {
    return {
      complete: false,
      because: `the last page held ${page.items.length} records and declared ${page.total}; ${read} of ${total} were read`,
    };
  }
  if (read === 0) return proveEmpty(pass, http, context);
  if (read === total)
    return {
      complete: true,
      because: `${read} records read, ${total} declared, and the last page said that none follow`,
    };
  const now = await totalOf(http, pass.where, pass.filter, context);
  return read >= now && now >= read * (1 - MOST_LEAVING)
    ? {
        complete: true,
        because: `${read} records read; ${total} declared at first and ${now} at the end, so people came or left meanwhile`,
      }
    : {
        complete: false,
        because: `${read} records read, but ${total} declared at first and ${now} at the end`,
      };
}

/** Nobody at all is believed only where Ghost's own count of its labels does not contradict it. */
async function proveEmpty(pass: Pass, http: ReadClient, context: Context): Promise<Proof> {
  const counted = (await labelsOf(http, pass.where, context)).filter((l) => (l.members ?? 0) > 0);
  const contradicts =
    pass.filter === null ? counted[0] : counted.find((l) => pass.filter === `label:'${l.slug}'`);
  return contradicts === undefined
    ? { complete: true, because: "0 records read, 0 declared, and no label counts any" }
    : {
        complete: false,
        because: `the list is empty, but Ghost counts ${contradicts.members} members with the label "${contradicts.name}"`,
      };
}

async function rowsOf(
  members: readonly GhostMember[],
  pass: Pass,
  http: ReadClient,
  context: Context,
): Promise<readonly MemberRow[]> {
  const rows: MemberRow[] = [];
  for (const m of members) {
    const of = targetsOf(m, pass.wanted);
    if (of.length === 0) continue;
    const asked = createdByUs(m) && m.newsletters.length === 0;
    rows.push(ghostRow(m, asked && (await hasOptedOut(http, m.id, context)), pass.fields, of));
  }
  return rows;
}
