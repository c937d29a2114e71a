import {
  type ConsentRecord,
  type ConsentState,
  type FieldType,
  type IdentifierKind,
  type Instant,
  instant,
  type MemberRow,
} from "../../core/model.ts";
import type { RecordFacts, RowPlan } from "../../core/row-plan.ts";
import { consentWord } from "./consent-words.ts";

/** Columns with a meaning; every other column is an attribute. */
export const RESERVED = [
  "id",
  "email",
  "phone",
  "customer_id",
  "consent",
  "consent_at",
  "mailable",
  "bounced",
  "updated_at",
] as const;
export const IDENTIFIERS: readonly IdentifierKind[] = ["email", "phone", "customer_id"];

/** One column of a result; its connector says what the database's type means. */
export type Column = { readonly name: string; readonly type: FieldType };
/** One row as text, in the order of the columns. */
export type TextRow = readonly (string | null)[];

export const fieldsOf = (columns: readonly Column[]): Readonly<Record<string, FieldType>> =>
  Object.fromEntries(columns.map((c) => [c.name, c.type]));

/** Turns rows of one query into member rows; made once a query, so that the columns are looked up once. */
export type RowReader = {
  /** null: the query returns no column with an identifier. */
  readonly identifiers: readonly IdentifierKind[];
  /** Words in the consent column that are not understood, whatever the order of the rows: the first 5 of the alphabet, never anything like an address. */
  readonly unknownConsent: ReadonlySet<string>;
  row(values: TextRow, n: number, of: readonly number[]): MemberRow;
  /** The same, column by column. */
  readonly plan: RowPlan;
};

/** @param mapping canonical attribute → column; columns that are not mapped keep their own name */
export function rowReader(columns: readonly Column[], mapping: Readonly<Record<string, string>>): RowReader {
  const at = new Map(columns.map((c, i) => [c.name, i]));
  const booleans = new Set(columns.flatMap((c, i) => (c.type === "boolean" ? [i] : [])));
  const attributes: (readonly [string, number])[] = [];
  for (const [name, column] of Object.entries(mapping)) {
    const i = at.get(column);
    if (i !== undefined) attributes.push([name, i]);
  }
  const taken = new Set<string>([...RESERVED, ...Object.keys(mapping), ...Object.values(mapping)]);
  for (const [name, i] of at) if (!taken.has(name)) attributes.push([name, i]);
  const identifiers = IDENTIFIERS.flatMap((kind) =>
    at.has(kind) ? [[kind, at.get(kind) ?? 0] as const] : [],
  );
  const unknownConsent = new Set<string>();
  const text = (v: TextRow, name: (typeof RESERVED)[number]): string | null => {
    const i = at.get(name);
    return i === undefined ? null : (v[i] ?? null);
  };
  const consent = (raw: string | null): ConsentState => {
    const known = consentWord(raw);
    if (known !== null) return known;
    unknownConsent.add(/^[\w -]{1,30}$/.test(raw ?? "") ? (raw ?? "") : "(not a plain word)");
    if (unknownConsent.size > 5) unknownConsent.delete([...unknownConsent].sort().at(-1) ?? "");
    return "unknown";
  };
  const place = (name: (typeof RESERVED)[number]): number => at.get(name) ?? -1;
  const value = (i: number, text: string | null): string | null => (booleans.has(i) ? asBoolean(text) : text);
  const facts = (v: TextRow): RecordFacts => {
    const state = consent(text(v, "consent"));
    return {
      consent: state,
      mailable: yesNo(text(v, "mailable")),
      bounced: yesNo(text(v, "bounced")),
      consentAt: place("consent_at"),
      detailed: state !== "unknown",
    };
  };
  return {
    identifiers: identifiers.map(([kind]) => kind),
    unknownConsent,
    plan: {
      identifiers: Object.fromEntries(identifiers),
      recordId: place("id"),
      // as a property of the row's attributes it would be none of its own
      attributes: new Map(attributes.filter(([name]) => name !== "__proto__")),
      yesNo: booleans,
      updatedAt: place("updated_at"),
      deciding: [place("consent"), place("mailable"), place("bounced")].filter((i) => i >= 0),
      filled: [],
      facts,
      time: instantOf,
      value,
    },
    row(v, n, of) {
      const ids: Partial<Record<IdentifierKind, string>> = {};
      for (const [kind, i] of identifiers) {
        const value = v[i];
        if (value !== null && value !== undefined && value !== "") ids[kind] = value;
      }
      const values: Record<string, string | null> = {};
      for (const [name, i] of attributes) {
        values[name] = value(i, v[i] ?? null);
      }
      const consentAt = instantOf(text(v, "consent_at"));
      const updatedAt = instantOf(text(v, "updated_at"));
      const { consent: state, mailable, bounced, detailed } = facts(v);
      return {
        id: text(v, "id") ?? ids.customer_id ?? ids.email ?? ids.phone ?? `row ${n}`,
        identifiers: ids,
        attributes: values,
        consent: state,
        mailable,
        of,
        ...(detailed ? { consents: [globalConsent(state, consentAt)] } : {}),
        ...(consentAt === null ? {} : { consentAt }),
        ...(updatedAt === null ? {} : { updatedAt }),
        ...(bounced === null ? {} : { bounced }),
      };
    },
  };
}

/** A consent column names no brand, topic or list: it holds for all mail. How it was given it does not tell. */
export const globalConsent = (state: ConsentState, at: Instant | null): ConsentRecord => ({
  channel: "email",
  scope: "global",
  scopeId: null,
  state,
  at,
  method: null,
});

/** A yes or no in one spelling for all databases; a TINYINT(1) that holds something else stays as it is. */
function asBoolean(raw: string | null): string | null {
  const known = yesNo(raw);
  return known === null ? raw : String(known);
}

/** true/false as databases and people write it; null: neither. */
export function yesNo(raw: string | null): boolean | null {
  const word = (raw ?? "").trim().toLowerCase();
  if (["t", "true", "yes", "y", "1", "on"].includes(word)) return true;
  return ["f", "false", "no", "n", "0", "off"].includes(word) ? false : null;
}

/** A timestamp as databases write it in ISO style; without a zone it is UTC. null: empty, infinite or no time. */
export function instantOf(raw: string | null): Instant | null {
  if (raw === null) return null;
  const match =
    /^(\d{4,}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(\.\d{1,3})?\d*)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(
      raw.trim(),
    );
  if (!match) return null;
  const zone =
    match[4] === undefined || match[4] === "Z" ? "Z" : match[4].length === 3 ? `${match[4]}:00` : match[4];
  const at = new Date(`${match[1]}T${match[2] ?? "00:00:00"}${match[3] ?? ""}${zone}`);
  return Number.isNaN(at.getTime()) ? null : instant(at);
}
