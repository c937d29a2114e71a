import type { ChangeProgress, Plan } from "../../core/repair.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import type { App } from "../app.ts";
import { csvCell } from "../compare/csv-cell.ts";

/** Every change with its identifiers: only for a person who asked for it. */
export function planCsv(app: App, plan: Plan, progress: readonly ChangeProgress[]): string {
  const byN = new Map(progress.map((p) => [p.n, p]));
  const header = [
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
    "end",
    "because",
  ];
  const rows = plan.doc.changes.map((c) => {
    const open = openSealedChange(app.sealer, c.sealed);
    const p = byN.get(c.n);
    return [
      String(c.n + 1),
      c.system,
      c.audience,
      c.op,
      c.attribute ?? "",
      open.identifiers.email ?? "",
      open.identifiers.phone ?? "",
      open.identifiers.customer_id ?? "",
      open.from ?? "",
      open.value ?? "",
      c.rule,
      p?.end ?? "",
      p?.because ?? "",
    ];
  });
  return [header, ...rows]
    .map((r) => r.map(csvCell).join(","))
    .join("\r\n")
    .concat("\r\n");
}
