import type { FilesSystem } from "../../core/config.ts";
import {
  CONSENT_ORDER,
  type ConsentState,
  type IdentifierKind,
  type Instant,
  type MemberRow,
} from "../../core/model.ts";
import type { RecordFacts, RowPlan } from "../../core/row-plan.ts";
import { consentWord } from "../sql/consent-words.ts";
import { globalConsent, instantOf, yesNo } from "../sql/row.ts";
import { ALIASES, type ColumnRole } from "./aliases.ts";
import { attributeNameOf, columnFor, columnNamed, plain } from "./columns.ts";
import { csvError } from "./csv-error.ts";

const KINDS: readonly IdentifierKind[] = ["email", "phone", "customer_id"];

/** Turns records of one file into member rows; made once a file, so that the columns are looked up once. */
export type RowReader = {
  /** Words in the consent column that are not understood; never more than 5, never anything like an address. */
  readonly unknownConsent: ReadonlySet<string>;
  row(fields: readonly string[], n: number, of: readonly number[]): MemberRow;
  /** The same, column by column. */
  readonly plan: RowPlan;
};

/**
 * Columns come from the configuration's `columns`, else from the names that exports commonly use. Mapped attributes
 * come from their column; every other column is an attribute, under its common name (“FNAME” is first_name) or its own.
 *
 * @throws bad_data when a configured identifier or the consent column is gone: without it nobody can be told apart,
 *   or opt-outs would vanish
 */
export function rowReader(columns: readonly string[], config: FilesSystem, label: string): RowReader {
  const at = rolesOf(columns, config, label);
  const identifiers = KINDS.flatMap((kind) => (at[kind] < 0 ? [] : [[kind, at[kind]] as const]));
  if (identifiers.length === 0) {
    throw csvError(
      label,
      1,
      "no column holds an e-mail address, phone number or customer id",
      `name it: systems.${config.id}.columns.email`,
    );
  }
  const attributes = attributesOf(columns, config, new Set(Object.values(at)));
  const unknownConsent = new Set<string>();
  const consents = new Map<string, ConsentState>();
  const consent = (raw: string): ConsentState => {
    const before = consents.get(raw);
    if (before !== undefined) return before;
    const word = consentWord(raw);
    if (word === null && unknownConsent.size < 5)
      unknownConsent.add(/^[\p{L}\p{N}_ -]{1,30}$/u.test(raw) ? raw : "(not a plain word)");
    if (consents.size < 100) consents.set(raw, word ?? "unknown");
    return word ?? "unknown";
  };
  const consentOf = consentReader(columns, at, config.columns.consent_at !== undefined, consent);
  const facts = (fields: readonly (string | null)[]): RecordFacts => {
    const { state, timeAt: consentAt } = consentOf(fields);
    const bounced = textAt(fields, at.bounced_at) !== "" ? true : flagAt(fields, at.bounced);
    return {
      consent: state,
      bounced,
      mailable:
        at.mailable >= 0
          ? flagAt(fields, at.mailable)
          : config.sends && state !== "unknown"
            ? state === "subscribed" && bounced !== true
            : null,
      consentAt,
      // an opt-out without a consent column can be that of one list: an export does not tell
      detailed: at.consent >= 0 && state !== "unknown",
    };
  };
  const there = (...roles: readonly ColumnRole[]) => roles.map((r) => at[r]).filter((i) => i >= 0);
  return {
    unknownConsent,
    plan: {
      identifiers: Object.fromEntries(identifiers),
      recordId: at.record_id,
      attributes: new Map(attributes),
      yesNo: new Set(),
      updatedAt: at.updated_at,
      deciding: there("consent", "complained", "opted_out", "bounced", "mailable"),
      filled: there("opted_out_at", "bounced_at"),
      facts,
      time: timeOf,
      value: (_, text) => text || null,
    },
    row(fields, n, of) {
      const ids: Partial<Record<IdentifierKind, string>> = {};
      for (const [kind, i] of identifiers) if (fields[i]) ids[kind] = fields[i];
      const values: Record<string, string | null> = {};
      for (const [name, i] of attributes) values[name] = fields[i] || null;
      const { consent: state, mailable, bounced, detailed, consentAt: itsTime } = facts(fields);
      const consentAt = timeAt(fields, itsTime);
      const updatedAt = timeAt(fields, at.updated_at);
      const joinedAt = timeAt(fields, at.joined_at);
      return {
        id: textAt(fields, at.record_id) || ids.customer_id || ids.email || ids.phone || `row ${n}`,
        identifiers: ids,
        attributes: values,
        consent: state,
        mailable,
        of,
        ...(detailed ? { consents: [globalConsent(state, consentAt)] } : {}),
        ...(consentAt === null ? {} : { consentAt }),
        ...(updatedAt === null ? {} : { updatedAt }),
        ...(joinedAt === null ? {} : { joinedAt }),
        ...(bounced === null ? {} : { bounced }),
      };
    },
  };
}

const textAt = (fields: readonly (string | null)[], at: number): string => (at < 0 ? "" : (fields[at] ?? ""));
const flagAt = (fields: readonly (string | null)[], at: number): boolean | null =>
  at < 0 ? null : yesNo(fields[at] ?? null);

/**
 * A row's consent, and the column with its time (−1: none). What says that somebody opted out counts, whatever the consent column says; empty, it
 * says nothing: absence of an opt-out is no opt-in.
 */
function consentReader(
  columns: readonly string[],
  at: Roles,
  timeIsConfigured: boolean,
  word: (raw: string) => ConsentState,
): (fields: readonly (string | null)[]) => { state: ConsentState; timeAt: number } {
  // the time of an opt-in is not that of an opt-out
  const optInTime = !timeIsConfigured && /^optin/.test(plain(columns[at.consent_at] ?? ""));
  return (fields) => {
    const said = at.consent < 0 ? "unknown" : word(textAt(fields, at.consent));
    if (flagAt(fields, at.complained) === true) return { state: stricter(said, "complained"), timeAt: -1 };
    // once somebody subscribes again, a consent column knows it and the old time may stay
    const left = at.consent < 0 ? textAt(fields, at.opted_out_at) : "";
    if (left !== "") return { state: "unsubscribed", timeAt: at.opted_out_at };
    const state = flagAt(fields, at.opted_out) === true ? stricter(said, "unsubscribed") : said;
    const itsTime = state === said && !(optInTime && said !== "subscribed" && said !== "unknown");
    return { state, timeAt: itsTime ? at.consent_at : -1 };
  };
}

const stricter = (a: ConsentState, b: ConsentState): ConsentState => {
  const rank = (s: ConsentState): number =>
    s === "unknown" ? CONSENT_ORDER.length : CONSENT_ORDER.indexOf(s);
  return rank(a) <= rank(b) ? a : b;
};

const UTC_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
/** HubSpot exports minutes. */
const MINUTES = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/;

/** Most exports write UTC with seconds: then the text only lacks its milliseconds. */
function timeOf(raw: string | null | undefined): Instant | null {
  if (!raw) return null;
  if (!UTC_SECONDS.test(raw)) return instantOf(MINUTES.test(raw) ? `${raw}:00` : raw);
  return Number.isNaN(Date.parse(raw)) ? null : (`${raw.slice(0, 19)}.000Z` as Instant);
}

const timeAt = (fields: readonly string[], at: number): Instant | null =>
  timeOf(at < 0 ? undefined : fields[at]);

type Roles = Readonly<Record<ColumnRole, number>>;

function rolesOf(columns: readonly string[], config: FilesSystem, label: string): Roles {
  const find = (role: keyof FilesSystem["columns"], needed: boolean): number => {
    const name = config.columns[role];
    if (name === undefined) return columnFor(columns, role);
    const i = columnNamed(columns, name);
    if (i < 0 && needed) {
      throw csvError(
        label,
        1,
        `there is no column “${name}”, which the configuration names for ${role}`,
        `correct systems.${config.id}.columns.${role}, or the export`,
      );
    }
    return i;
  };
  const known = Object.fromEntries(
    Object.keys(ALIASES).map((role) => [role, columnFor(columns, role as ColumnRole)]),
  ) as Record<ColumnRole, number>;
  return {
    ...known,
    email: find("email", true),
    phone: find("phone", true),
    customer_id: find("customer_id", true),
    consent: find("consent", true),
    consent_at: find("consent_at", false),
    updated_at: find("updated_at", false),
  };
}

/** Canonical name and column. A mapped column that is gone is left out: the attribute is missing, not empty. */
function attributesOf(
  columns: readonly string[],
  config: FilesSystem,
  taken: ReadonlySet<number>,
): (readonly [string, number])[] {
  const mapped = Object.entries(config.attributes)
    .map(([name, column]) => [name, columnNamed(columns, column)] as const)
    .filter(([name, i]) => i >= 0 && name !== "__proto__");
  const used = new Set([...taken, ...mapped.map(([, i]) => i)]);
  const names = new Set([...Object.keys(config.attributes), ...columns]);
  const others = columns.flatMap((column, i) => {
    if (column === "" || column === "__proto__" || used.has(i) || Object.hasOwn(config.attributes, column))
      return [];
    const common = attributeNameOf(column);
    const name = names.has(common) ? column : common;
    names.add(name);
    return [[name, i] as const];
  });
  return [...mapped, ...others];
}
