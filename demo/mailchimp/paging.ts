import type { Fault } from "../sim/faults.ts";
import { invalid } from "./problem.ts";

export type Slice = { readonly offset: number; readonly count: number };

/** `count` (10 unless told, at most 1000) and `offset`. @throws Problem 400 */
export function sliceOf(query: URLSearchParams): Slice {
  const number = (name: string, otherwise: number): number => {
    const text = query.get(name);
    if (text === null || text === "") return otherwise;
    if (!/^\d+$/.test(text))
      throw invalid("The resource submitted could not be validated.", [
        { field: name, message: `Data presented is not one of the accepted types: integer` },
      ]);
    return Number(text);
  };
  const count = number("count", 10);
  if (count > 1000)
    throw invalid("The resource submitted could not be validated.", [
      { field: "count", message: "This number must not be greater than 1000" },
    ]);
  return { offset: number("offset", 0), count };
}

export type Sliced<T> = { readonly rows: readonly T[]; readonly total: number };

/** One page of `all`, with what the list faults do to it. */
export function slice<T>(all: readonly T[], { offset, count }: Slice, fault: Fault | null): Sliced<T> {
  const from = fault?.kind === "repeat_page" ? Math.max(0, offset - count) : offset;
  let rows = fault?.kind === "empty_list" ? [] : all.slice(from, from + count);
  if (fault?.kind === "short_page") rows = rows.slice(0, Math.max(0, rows.length - (fault.rows ?? 10)));
  if (fault?.kind === "duplicate_rows") rows = [...rows.slice(0, -1), ...rows.slice(0, 1)];
  const extra = fault?.kind === "wrong_total" ? (fault.rows ?? 7) : 0;
  return { rows, total: fault?.kind === "empty_list" ? 0 : all.length + extra };
}

/** `renamed_field` and `null_field` on the rows of a page; a merge field goes by its tag. */
export function spoil<T extends Json>(rows: readonly T[], fault: Fault | null): readonly Json[] {
  const field = fault?.field;
  if (field === undefined || (fault?.kind !== "renamed_field" && fault?.kind !== "null_field")) return rows;
  const harm = (o: Json): Json =>
    Object.fromEntries(
      Object.entries(o).map(([k, v]) => {
        if (k === "merge_fields" && typeof v === "object" && v !== null) return [k, harm({ ...v })];
        if (k !== field) return [k, v];
        return fault.kind === "null_field" ? [k, null] : [`${k}_2`, v];
      }),
    );
  return rows.map(harm);
}

type Json = Readonly<Record<string, unknown>>;
