import type { SystemId } from "../core/model.ts";
import type { PlanDoc } from "../core/repair.ts";

/** Size of a segment if every change runs; null when the size now is not known. People who are suppressed stay in the list. */
export function sizeAfter(doc: PlanDoc, system: SystemId): number | null {
  const now = doc.sizes[system];
  if (now === undefined) return null;
  let size = now;
  for (const c of doc.changes) {
    if (c.system !== system) continue;
    if (c.op === "add") size += 1;
    if (c.op === "remove") size -= 1;
  }
  return size;
}
