import { AuditorError } from "../../core/errors.ts";
import type { ConsentState, IdentifierKind, Instant } from "../../core/model.ts";
import type { RestSystem } from "../../core/rest-config.ts";
import { type ConsentReader, consentReader } from "./consent.ts";
import { asText, isTrue, type Path, pathOf } from "./path.ts";
import { timeOf } from "./time.ts";

/** A record as the YAML reads it. */
export type RestPerson = {
  readonly id: string;
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, string>>>;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly consent: ConsentState;
  readonly consentAt: Instant | null;
  readonly mailable: boolean | null;
  readonly bounced: boolean;
  readonly updatedAt: Instant | null;
  readonly raw: Readonly<Record<string, unknown>>;
};

export type RecordReader = {
  /**
   * @throws AuditorError bad_data: not an object, no id, or an identifier that no record of the page has a field for
   */
  people(records: readonly unknown[]): readonly RestPerson[];
  readonly consent: ConsentReader;
};

type Wanted = Pick<RestSystem, "id" | "record" | "attributes" | "sends">;

/** @throws AuditorError config when a path is no JMESPath */
export function recordReader(system: Wanted): RecordReader {
  const where = system.id;
  const { record } = system;
  const optional = (p: string | null): Path | null => (p === null ? null : pathOf(where, p));
  const id = pathOf(where, record.id);
  const identifiers = Object.entries(record.identifiers).map(
    ([kind, path]) => [kind as IdentifierKind, pathOf(where, path)] as const,
  );
  const attributes = Object.entries(system.attributes).map(
    ([name, path]) => [name, pathOf(where, path)] as const,
  );
  const consent = consentReader(where, record.consent);
  const [consentAt, mailable, bounced, updatedAt] = [
    optional(record.consentAt),
    optional(record.mailable),
    optional(record.bounced),
    optional(record.updatedAt),
  ];

  const person = (raw: Readonly<Record<string, unknown>>): RestPerson => {
    const recordId = asText(id.at(raw));
    if (recordId === null || recordId === "") throw bad(where, `a record has no id at ${record.id}`);
    const state = consent.stateOf(raw);
    const hasBounced = bounced !== null && saysYes(bounced.at(raw)) === true;
    return {
      id: recordId,
      identifiers: Object.fromEntries(
        identifiers.flatMap(([kind, path]) => {
          const text = asText(path.at(raw));
          return text === null || text === "" ? [] : [[kind, text] as const];
        }),
      ),
      attributes: Object.fromEntries(
        attributes.flatMap(([name, path]) => {
          const value = path.at(raw);
          return value === undefined ? [] : [[name, asText(value)] as const];
        }),
      ),
      consent: state,
      consentAt: consentAt === null ? null : timeOf(consentAt.at(raw)),
      mailable:
        mailable !== null
          ? saysYes(mailable.at(raw) ?? undefined)
          : system.sends && state !== "unknown"
            ? state === "subscribed" && !hasBounced
            : null,
      bounced: hasBounced,
      updatedAt: updatedAt === null ? null : timeOf(updatedAt.at(raw)),
      raw,
    };
  };

  return {
    consent,
    people(records) {
      const objects = records.filter(isObject);
      if (objects.length < records.length) throw bad(where, "a record is not an object");
      for (const [kind, path] of identifiers) {
        if (objects.length > 0 && objects.every((o) => path.at(o) === undefined))
          throw bad(where, `no record has a field ${path.expression} for the ${kind} (renamed?)`);
      }
      return objects.map(person);
    },
  };
}

const isObject = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/** true and false as vendors write them; null when it says neither. A time means yes: `bounced_at`. */
function saysYes(value: unknown): boolean | null {
  if (value === undefined) return null;
  const text = (asText(value) ?? "").trim().toLowerCase();
  if (["true", "1", "yes", "y", "t", "on"].includes(text)) return true;
  if (["false", "0", "no", "n", "f", "off", ""].includes(text)) return false;
  return timeOf(value) === null ? (typeof value === "object" ? isTrue(value) : null) : true;
}

const bad = (where: string, what: string): AuditorError =>
  new AuditorError("bad_data", where, what, "look at an answer of the vendor and correct `record`");
