import type { FilesSystem } from "../../core/config.ts";
import type { ConsentState, IdentifierKind, Instant, MemberRow } from "../../core/model.ts";
import { consentWord } from "../sql/consent-words.ts";
import { instantOf, yesNo } from "../sql/row.ts";
import { type ColumnRole, columnFor, columnNamed } from "./columns.ts";
import { csvError } from "./csv-error.ts";

const KINDS: readonly IdentifierKind[] = ["email", "phone", "customer_id"];

/** Turns records of one file into member rows; made once a file, so that the columns are looked up once. */
export type RowReader = {
  /** Words in the consent column that are not understood; never more than 5, never anything like an address. */
  readonly unknownConsent: ReadonlySet<string>;
  row(fields: readonly string[], n: number, of: readonly number[]): MemberRow;
};

/**
 * Columns come from the configuration's `columns`, else from the names that exports commonly use. Mapped attributes
 * come from their column; every other column is an attribute under its own name.
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
  const idAt = columns.indexOf("id");
  const mailableAt = columns.indexOf("mailable");
  const bouncedAt = columns.indexOf("bounced");
  const attributes = attributesOf(
    columns,
    config,
    new Set([...Object.values(at), idAt, mailableAt, bouncedAt]),
  );
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
  return {
    unknownConsent,
    row(fields, n, of) {
      const ids: Partial<Record<IdentifierKind, string>> = {};
      for (const [kind, i] of identifiers) if (fields[i]) ids[kind] = fields[i];
      const values: Record<string, string | null> = {};
      for (const [name, i] of attributes) values[name] = fields[i] || null;
      const state = at.consent < 0 ? "unknown" : consent(fields[at.consent] ?? "");
      const consentAt = timeAt(fields, at.consent_at);
      const updatedAt = timeAt(fields, at.updated_at);
      const bounced = bouncedAt < 0 ? null : yesNo(fields[bouncedAt] ?? null);
      return {
        id: (idAt < 0 ? "" : fields[idAt]) || ids.customer_id || ids.email || ids.phone || `row ${n}`,
        identifiers: ids,
        attributes: values,
        consent: state,
        mailable:
          mailableAt >= 0
            ? yesNo(fields[mailableAt] ?? null)
            : config.sends && state !== "unknown"
              ? state === "subscribed"
              : null,
        of,
        ...(consentAt === null ? {} : { consentAt }),
        ...(updatedAt === null ? {} : { updatedAt }),
        ...(bounced === null ? {} : { bounced }),
      };
    },
  };
}

const UTC_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Most exports write UTC with seconds: then the text only lacks its milliseconds. */
function timeAt(fields: readonly string[], at: number): Instant | null {
  const raw = at < 0 ? undefined : fields[at];
  if (!raw) return null;
  if (!UTC_SECONDS.test(raw)) return instantOf(raw);
  return Number.isNaN(Date.parse(raw)) ? null : (`${raw.slice(0, 19)}.000Z` as Instant);
}

function rolesOf(columns: readonly string[], config: FilesSystem, label: string): Record<ColumnRole, number> {
  const find = (role: ColumnRole, needed: boolean): number => {
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
  return {
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
  const names = new Set(Object.keys(config.attributes));
  const others = columns.flatMap((name, i) =>
    name === "" || name === "__proto__" || used.has(i) || names.has(name) ? [] : [[name, i] as const],
  );
  return [...mapped, ...others];
}
