import type { Panel, Seat } from "./compare-panel.ts";
import { ALL_BITS, type Looks } from "./kernel/kind-layout.ts";
import type { Kinds } from "./kernel/kind-memory.ts";

/**
 * Everything that `CompareTallies` looks at of a person: the presence words as far as flips and waits reach, the consent
 * bytes, how each compared value stands to the owner's, and the owner's values that a `where` asks for.
 */
export function looksOf(panel: Panel): Looks {
  const owner = (panel.seats[panel.owner] as Seat).set;
  const fields = new Map<string, Looks["fields"][number]>();
  for (const [s, { set, columns }] of panel.seats.entries()) {
    if (s === panel.owner) continue;
    for (const [ownerColumn, column] of columns.entries())
      if (column >= 0) fields.set(`${ownerColumn} ${set} ${column}`, { ownerColumn, set, column });
  }
  const prints = new Set(panel.seats.flatMap(({ where }) => where.map(({ column }) => column)));
  return { owner, bits: ALL_BITS, fields: [...fields.values()], prints: [...prints] };
}

/** Calls `visit` once per kind. `at` is reused between calls: the kind's row in each set, −1 where it has none. */
export function rowsOfKinds(kinds: Kinds, visit: (at: Int32Array, people: number) => void): void {
  const at = new Int32Array(kinds.parts.length);
  for (let k = 0; k < kinds.n; k++) visit(rowOfKind(kinds, k, at), kinds.weights[k] as number);
}

/** Fills `at` with the kind's row in each set, −1 where it has none. */
export function rowOfKind(kinds: Kinds, kind: number, at: Int32Array): Int32Array {
  const mask = kinds.masks[kind] as number;
  for (let i = 0; i < at.length; i++) at[i] = (mask >>> i) & 1 ? kind : -1;
  return at;
}
