import { nearest } from "../../config/suggest.ts";
import { AuditorError } from "../../core/errors.ts";
import type { IdentifierKind } from "../../core/model.ts";
import { attributeColumnFor, columnFor, columnNamed } from "../../systems/files/columns.ts";
import { visible } from "./label.ts";

/** An attribute to compare, and the other names that files may have for it. */
export type AttributeWish = { readonly name: string; readonly columns: readonly string[] };
export type Header = { readonly label: string; readonly columns: readonly string[] };
/** Places in a record. */
export type Chosen = { readonly id: number; readonly attributes: readonly number[] };

/** In the order in which they are tried: a phone is shared more often than an address. */
const KINDS: readonly IdentifierKind[] = ["email", "customer_id", "phone"];
const SHOWN = 30;

/**
 * @example attributeWishes(["plan=Plan Type,region"])
 *   // [{ name: "plan", columns: ["plan", "Plan Type"] }, { name: "region", columns: ["region"] }]
 */
export function attributeWishes(texts: readonly string[]): AttributeWish[] {
  const wishes = new Map<string, readonly string[]>();
  for (const text of texts.flatMap((t) => t.split(","))) {
    const columns = text
      .split("=")
      .map((c) => c.trim())
      .filter((c) => c !== "");
    const name = columns[0];
    if (name !== undefined) wishes.set(visible(name), [...(wishes.get(visible(name)) ?? []), ...columns]);
  }
  return [...wishes].map(([name, columns]) => ({ name, columns: [...new Set(columns)] }));
}

/**
 * Finds in every header the column that names a person, and those of the attributes.
 *
 * @param id a kind of identifier, a column name, or null: the first kind that every file has
 * @throws AuditorError config, with the columns there are
 */
export function chooseColumns(
  headers: readonly Header[],
  id: string | null,
  wishes: readonly AttributeWish[],
): { identity: IdentifierKind; columns: Chosen[] } {
  const identity = id === null ? detect(headers) : kindOf(id);
  const columns = headers.map((header) => ({
    id: idColumn(header, id, identity),
    attributes: wishes.map((wish) => attributeColumn(header, wish)),
  }));
  return { identity, columns };
}

/** A column of any other name holds the company's own numbers: compared as written, without spaces around. */
const kindOf = (id: string): IdentifierKind =>
  KINDS.find((kind) => kind === id || columnFor([id], kind) === 0) ?? "customer_id";

function detect(headers: readonly Header[]): IdentifierKind {
  const kind = KINDS.find((k) => headers.every((h) => columnFor(h.columns, k) >= 0));
  if (kind !== undefined) return kind;
  const without = headers.find((h) => columnFor(h.columns, "email") < 0) ?? headers[0];
  throw new AuditorError(
    "config",
    without?.label ?? "compare",
    `no kind of identifier is known in every file; the columns here are: ${shown(without?.columns ?? [])}`,
    "name the column that tells people apart: --id COLUMN",
  );
}

function idColumn(header: Header, id: string | null, identity: IdentifierKind): number {
  const named = id === null || id === identity ? -1 : columnNamed(header.columns, id);
  // `--id "Email Address"` means e-mail: in a file that calls the column otherwise, its own name does.
  const known = id === null || id === identity || columnFor([id], identity) === 0;
  const at = named >= 0 || !known ? named : columnFor(header.columns, identity);
  if (at >= 0) return at;
  throw unknownColumn(
    header,
    id ?? identity,
    "--id",
    known ? "or name the column: --id COLUMN" : "name a column that every file has",
  );
}

function attributeColumn(header: Header, wish: AttributeWish): number {
  for (const column of wish.columns) {
    const at = columnNamed(header.columns, column);
    if (at >= 0) return at;
  }
  const common = attributeColumnFor(header.columns, wish.name);
  return common >= 0 ? common : fail(header, wish);
}

function fail(header: Header, wish: AttributeWish): never {
  const near = nearest(wish.name, header.columns) ?? "Its Name Here";
  throw unknownColumn(
    header,
    wish.name,
    "--attributes",
    `where a file calls it otherwise, say so: --attributes "${wish.name}=${visible(near)}"`,
  );
}

function unknownColumn(header: Header, name: string, option: string, otherwise: string): AuditorError {
  const near = nearest(name, header.columns);
  return new AuditorError(
    "config",
    header.label,
    `there is no column “${visible(name)}” for ${option}; there are: ${shown(header.columns)}`,
    near === null ? otherwise : `did you mean “${visible(near)}”? ${otherwise}`,
  );
}

/** A header cell with an @ may be somebody's address in a file without a header. */
function shown(columns: readonly string[]): string {
  const names = columns.map((c, i) =>
    c === "" || c.includes("@") ? `(column ${i + 1})` : visible(c.slice(0, 60)),
  );
  const rest = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
