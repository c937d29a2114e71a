import type { ConsentRecord, MemberRow } from "../../core/model.ts";

/** A row that can be shown to a person who sets a system up: what is there, not whose it is. */
export type MaskedRow = {
  readonly identifiers: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly consent: string;
  readonly consentAt: string | null;
  /** Without the method: some systems keep a person's own words there. */
  readonly consents: readonly Omit<ConsentRecord, "method">[];
  readonly mailable: boolean | null;
  readonly joinedAt: string | null;
  readonly updatedAt: string | null;
};

/**
 * The first character and stars, for a domain its last label too. A single character shows nothing.
 *
 * @example maskEmail("ana@example.com") // "a***@e***.com"
 */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  if (at < 0) return maskText(email);
  const domain = email.slice(at + 1);
  const dot = domain.lastIndexOf(".");
  const end = dot > 0 && dot > domain.length - 13 ? domain.slice(dot) : "";
  return `${maskText(email.slice(0, at))}@${maskText(dot > 0 ? domain.slice(0, dot) : domain)}${end}`;
}

/** Three stars, whatever the length, which can tell a person too. */
export function maskText(text: string): string {
  const [first, second] = text;
  return second === undefined || first === undefined || /\p{C}/u.test(first) ? "***" : `${first}***`;
}

/** What ids of topics and lists look like; anything else could be somebody's words or address. */
const VENDOR_ID = /^[\w.:-]{1,80}$/;

export function maskRow(row: MemberRow): MaskedRow {
  const identifiers = Object.entries(row.identifiers).map(([kind, value]) => [
    kind,
    kind === "email" ? maskEmail(value) : maskText(value),
  ]);
  return {
    identifiers: Object.fromEntries(identifiers) as Record<string, string>,
    attributes: Object.fromEntries(
      Object.entries(row.attributes).map(([name, value]) => [name, value === null ? null : maskText(value)]),
    ),
    consent: row.consent,
    consentAt: row.consentAt ?? null,
    consents: (row.consents ?? []).map(({ method: _, scopeId, ...c }) => ({
      ...c,
      scopeId: scopeId === null || VENDOR_ID.test(scopeId) ? scopeId : maskText(scopeId),
    })),
    mailable: row.mailable,
    joinedAt: row.joinedAt ?? null,
    updatedAt: row.updatedAt ?? null,
  };
}
