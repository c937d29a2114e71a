import type { Fault } from "../sim/faults.ts";
import type { Contact, ContactStore } from "./store.ts";

/** One page of contacts, after what a fault does to it. `next`: place of the next page; null: none follows. */
export type ContactPage = {
  readonly items: readonly Contact[];
  readonly total: number;
  readonly next: number | null;
};

/**
 * The page that starts at a place, told by an index (`offset`) or by the id after which it starts (`after`): only the
 * second one stays right when somebody leaves.
 */
export function contactPage(
  store: ContactStore,
  list: string | null,
  from: { readonly offset: number } | { readonly after: string },
  size: number,
  fault: Fault | null,
): ContactPage {
  if (fault?.kind === "drift") {
    const leaver = store.of(list)[0];
    if (leaver !== undefined) store.remove(leaver.id);
  }
  const all = store.of(list);
  const start = "offset" in from ? from.offset : all.filter((c) => c.id <= from.after).length;
  const items = all.slice(start, start + size);
  const end = start + items.length;
  const total = all.length + (fault?.kind === "wrong_total" ? (fault.rows ?? 7) : 0);
  const next = end < all.length ? end : null;
  switch (fault?.kind) {
    case "short_page":
      return { items: items.slice(0, Math.max(0, items.length - (fault.rows ?? 10))), total, next };
    case "repeat_page":
      return { items: all.slice(Math.max(0, start - size), Math.max(0, start - size) + size), total, next };
    case "repeat_cursor":
      return { items, total, next: start };
    case "duplicate_rows":
      return { items: [...items, ...items.slice(0, 1)], total, next };
    case "empty_list":
      return { items: [], total, next: null };
    default:
      return { items, total, next };
  }
}

/** Id after which the page at an index starts; "" for the first. */
export const idBefore = (store: ContactStore, list: string | null, index: number): string =>
  store.of(list)[index - 1]?.id ?? "";

/** A record as the vendor writes it, with what the fault does to one field. */
export function withFault<T extends Readonly<Record<string, unknown>>>(
  record: T,
  fault: Fault | null,
): Readonly<Record<string, unknown>> {
  if (fault?.kind === "null_field" && fault.field !== undefined) return { ...record, [fault.field]: null };
  if (fault?.kind === "renamed_field" && fault.field !== undefined) {
    const { [fault.field]: value, ...rest } = record;
    return { ...rest, [`${fault.field}_v2`]: value };
  }
  return record;
}
