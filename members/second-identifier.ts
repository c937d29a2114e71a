import type { IdentifierKind, MemberRow } from "../core/model.ts";
import { normalise } from "./normalise.ts";
import type { KeyWriter } from "./person-key.ts";
import { identifierOf } from "./row-reader.ts";

/** A placeholder of a person's second identifier: half of its keyed hash, in memory only. */
export type SecondWriter = (row: MemberRow, out: Uint32Array, at: number) => void;

/** Writes two words; 0, 0 when the row has no usable identifier of that kind. */
export function secondWriter(key: KeyWriter, kind: IdentifierKind): SecondWriter {
  const hash = new Uint32Array(4);
  return (row, out, at) => {
    const raw = identifierOf(row, kind);
    const normal = raw === null ? null : normalise(kind, raw);
    if (normal === null) return;
    key(kind, normal, hash, 0);
    out[at] = hash[0] as number;
    out[at + 1] = (hash[1] as number) || 1;
  };
}

/**
 * The kind that should name the same person as `identity` does, one to one. Phones are left out: families and offices
 * share them, so a shared one contradicts nothing.
 */
export function secondOf(
  identity: IdentifierKind,
  readable: readonly IdentifierKind[],
): IdentifierKind | null {
  if (identity === "phone") return null;
  const other = identity === "email" ? "customer_id" : "email";
  return readable.includes(other) ? other : null;
}
