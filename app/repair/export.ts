import type { PersonKey } from "../../core/model.ts";
import type { ChangeProgress, Plan } from "../../core/repair.ts";
import type { SpooledRow } from "../../members/spool.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import type { App } from "../app.ts";
import { audienceOf } from "../audit/judge.ts";
import { withLatestReadings } from "../audit/latest-readings.ts";
import { csvLine } from "../compare/csv-cell.ts";
import { rowsOf } from "./evidence-rows.ts";

const HEADER = [
  "n",
  "system",
  "audience",
  "op",
  "attribute",
  "email",
  "phone",
  "customer_id",
  "from",
  "to",
  "rule",
  "evidence_system",
  "evidence_at",
  "before_in_segment",
  "before_version",
  "reversible",
  "end",
  "because",
] as const;
type Cells = Partial<Record<(typeof HEADER)[number], string | null>>;

const line = (cells: Cells): string => csvLine(HEADER.map((name) => cells[name] ?? ""));

/**
 * Every change with its identifiers, then everybody who is left out, with the reason: only for a person who asked for
 * it. Who is left out is named from the latest reads' sealed rows; where those are no longer kept the cells are empty.
 */
export async function planCsv(app: App, plan: Plan, progress: readonly ChangeProgress[]): Promise<string> {
  const byN = new Map(progress.map((p) => [p.n, p]));
  const changes = plan.doc.changes.map((c) => {
    const open = openSealedChange(app.sealer, c.sealed);
    const p = byN.get(c.n);
    return line({
      n: String(c.n + 1),
      system: c.system,
      audience: c.audience,
      op: c.op,
      attribute: c.attribute,
      ...open.identifiers,
      from: open.from,
      to: open.value,
      rule: c.rule,
      evidence_system: c.evidence?.system ?? null,
      evidence_at: c.evidence?.at ?? null,
      before_in_segment: yesNo(c.before.inSegment),
      before_version: c.before.version,
      reversible: yesNo(c.reversible),
      end: p?.end ?? null,
      because: p?.because ?? null,
    });
  });
  return [
    line(Object.fromEntries(HEADER.map((h) => [h, h]))),
    ...changes,
    ...(await leftOutLines(app, plan)),
  ].join("");
}

const yesNo = (b: boolean): string => (b ? "yes" : "no");

async function leftOutLines(app: App, plan: Plan): Promise<string[]> {
  const { leftOut } = plan.doc;
  const audience = audienceOf(app, plan.doc.audience);
  const rows: ReadonlyMap<string, ReadonlyMap<PersonKey, SpooledRow>> = leftOut.length === 0 ||
  audience === null
    ? new Map()
    : await withLatestReadings(app, (readings) =>
        rowsOf(app, audience, readings, [...new Set(leftOut.map((l) => l.person))]),
      );
  return leftOut.map((l) => {
    const row = [l.system, audience?.owner ?? ""]
      .map((s) => rows.get(s)?.get(l.person))
      .find((r) => r !== undefined);
    const kept = l.sealed === undefined ? undefined : openSealedChange(app.sealer, l.sealed).identifiers;
    return line({
      system: l.system,
      audience: l.audience,
      op: "left_out",
      ...(kept ?? row?.identifiers),
      because: l.reason,
    });
  });
}
