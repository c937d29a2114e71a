import { AuditorError, isKind } from "../core/errors.ts";
import type { Instant, MemberRow, Page, TargetEnd } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { RestRead, RestSystem } from "../core/rest-config.ts";
import type { RestReader } from "../systems/rest/reader.ts";
import { fillCall, type Values } from "../systems/rest/template.ts";
import { rowMaker, type Wanted } from "./rest-rows.ts";
import { walk } from "./rest-walk.ts";

/** One list, read for all the targets that it answers. */
export type Pass = {
  readonly read: RestRead;
  /** Values of its templates: the name of the segment, under its kind. */
  readonly values: Values;
  readonly wanted: readonly Wanted[];
  readonly asOf: Instant;
};

/** Times that a list is read from the start, when its pages slip. */
const ROUNDS = 2;

/**
 * Reads one list. Offset and page lists that slip are read once more: whoever is there for all of a steady round is in
 * it, so that both rounds together miss nobody. Rows come once, whatever the rounds.
 */
export async function* readPass(
  system: RestSystem,
  pass: Pass,
  client: RestReader,
  context: Context,
): AsyncGenerator<Page> {
  const { read, wanted, asOf } = pass;
  const rows = rowMaker(system, read, wanted, pass.values, client, context);
  const given = new Set<string>();
  const call = fillCall(system.id, read.call, { values: pass.values });
  const idPath = read.lookup === null ? system.record.id : read.lookup.id;
  const last = (
    items: readonly MemberRow[],
    coverage: TargetEnd["coverage"],
    because: string,
    total: number | null,
  ) =>
    ({
      items,
      asOf,
      ends: wanted.map((w) => ({
        target: w.index,
        coverage,
        because,
        enumerated: w.count,
        fields: rows.fields(),
        // of a list that is filtered here, the total counts more than the segment
        declaredTotal: w.only === null ? total : null,
      })),
    }) satisfies Page;

  let started = false;
  for (let round = 1; ; round++) {
    try {
      for await (const step of walk(system.id, read, idPath, call, client, context)) {
        const fresh = step.entries.filter((e) => !given.has(e.id));
        for (const e of fresh) given.add(e.id);
        const items = await rows.rowsOf(fresh);
        started = true;
        if (step.proof === null) {
          yield { items, asOf, ends: [], progress: { read: step.read, total: step.total } };
          continue;
        }
        if (step.slipped && round < ROUNDS) {
          context.log.warn("rest.pages_slipped", {
            system: system.id,
            runId: context.runId,
            read: step.read,
          });
          yield { items, asOf, ends: [] };
          break;
        }
        const lost = read.lookup?.missing === "partial" ? rows.missing() : 0;
        const complete = step.proof.complete && lost === 0;
        const because =
          lost > 0
            ? `${lost} of ${step.read} ids of the list have no record; ${step.proof.because}`
            : step.proof.because;
        yield last(items, complete ? "complete" : "partial", because, step.total);
        return;
      }
    } catch (e) {
      if (isKind(e, "interrupted") || !(e instanceof AuditorError)) throw e;
      if (started) {
        context.log.warn("rest.page_lost", { system: system.id, runId: context.runId, kind: e.kind });
        yield last([], "partial", `a page was lost after ${given.size} records (${e.message})`, null);
        return;
      }
      // the vendor knows no such list: that is the target's own failure, and the others can be read
      if (e.kind !== "permanent") throw e;
      yield last([], "unusable", e.message, null);
      return;
    }
  }
}
