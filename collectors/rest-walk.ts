import { AuditorError, isKind } from "../core/errors.ts";
import type { Context } from "../core/ports.ts";
import type { RestRead } from "../core/rest-config.ts";
import { type PageRequest, pagerOf } from "../systems/rest/paging.ts";
import { asText, pathOf } from "../systems/rest/path.ts";
import { type Proof, proofOf } from "../systems/rest/proof.ts";
import { type RestReader, recordsIn } from "../systems/rest/reader.ts";
import type { FilledCall } from "../systems/rest/template.ts";

export type Entry = { readonly id: string; readonly raw: unknown };
/** One page of a list, without what the walk has seen before; `proof` with the last one. */
export type Step = {
  readonly entries: readonly Entry[];
  readonly total: number | null;
  /** Distinct ids so far. */
  readonly read: number;
  readonly proof: Proof | null;
  /** Should it be read once more, as the pages slipped? Only with a proof. */
  readonly slipped: boolean;
};

/**
 * Walks over all pages of one list, once. A page lost after the first one ends it as partial; the first page throws.
 *
 * @throws AuditorError as the client does for the first page, `interrupted` at any
 */
export async function* walk(
  where: string,
  read: RestRead,
  idPath: string,
  call: FilledCall,
  reader: RestReader,
  context: Context,
): AsyncGenerator<Step> {
  const pager = pagerOf(where, read.paging);
  const id = pathOf(where, idPath);
  const seen = new Set<string>();
  const tokens = new Set<string>();
  let request: PageRequest = pager.first();
  let first: number | null = null;
  let last: number | null = null;
  let slipped: string | null = null;
  let tail: string | null = null;

  for (let page = 1; ; page++) {
    const ended = (entries: readonly Entry[], proof: Proof): Step => ({
      entries,
      total: last,
      read: seen.size,
      proof,
      slipped: slipped !== null,
    });
    const partial = (because: string): Proof => ({
      complete: false,
      because: `${because}, after ${seen.size}${last === null ? "" : ` of ${last}`} records`,
    });
    let entries: readonly Entry[];
    let answer: Awaited<ReturnType<RestReader["ask"]>>;
    try {
      answer = await reader.ask(call, request, context);
      entries = recordsIn(where, answer.body, read.records, false).map((raw) => {
        const text = asText(id.at(raw));
        if (text === null || text === "")
          throw new AuditorError("bad_data", where, `a record has no id at ${idPath}`, "correct the path");
        return { id: text, raw };
      });
    } catch (e) {
      if (page === 1 || isKind(e, "interrupted") || !(e instanceof AuditorError)) throw e;
      context.log.warn("rest.page_lost", {
        system: where,
        runId: context.runId,
        kind: e.kind,
        read: seen.size,
      });
      slipped = null;
      yield ended([], partial(`page ${page} was lost (${e.message})`));
      return;
    }
    const paged = { body: answer.body, header: answer.header, records: entries.length };
    const declared = pager.total(paged);
    if (pager.slips && declared !== null && first !== null && declared !== first)
      slipped ??= `the declared total moved from ${first} to ${declared}`;
    first ??= declared;
    last = declared ?? last;

    const joins = page === 1 || pager.overlap === 0 || entries.length === 0;
    if (!joins && entries[0]?.id !== tail) slipped ??= `page ${page} does not join the one before`;
    const mine = joins || entries[0]?.id !== tail ? entries : entries.slice(1);
    const fresh: Entry[] = [];
    for (const entry of mine) {
      if (seen.has(entry.id)) continue;
      seen.add(entry.id);
      fresh.push(entry);
    }
    if (mine.length > fresh.length && pager.slips) slipped ??= `records came twice, on page ${page}`;
    tail = entries.at(-1)?.id ?? tail;

    const next = pager.next(request, paged);
    if (mine.length > 0 && fresh.length === 0 && page > 1) {
      yield ended([], partial("a page came twice"));
      return;
    }
    if (next.kind !== "page") {
      const tally = { read: seen.size, firstTotal: first, lastTotal: last, slipped };
      yield ended(fresh, proofOf(tally, next));
      return;
    }
    if (tokens.has(next.token)) {
      yield ended(fresh, partial("the vendor named the same next page twice"));
      return;
    }
    tokens.add(next.token);
    request = next.request;
    yield { entries: fresh, total: last, read: seen.size, proof: null, slipped: false };
  }
}
