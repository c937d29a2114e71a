import { AuditorError } from "../core/errors.ts";
import type { ConsentState, IdentifierKind } from "../core/model.ts";
import type { Sealer } from "../core/ports.ts";

/** What a change keeps sealed: enough to write it, to show it masked, and to see that nobody was there before us. */
export type SealedChange = {
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, string>>>;
  /** `set`: the value to write; else null. */
  readonly value: string | null;
  /** `set`: the value that the plan saw in the destination; else null. */
  readonly from: string | null;
  /** Did the destination hold a record of this person when the plan was drafted? null: not known. */
  readonly found: boolean | null;
  /** Undo of a removal: the consent it was made in. An opt-out that stood then does not stop the undo; else null. */
  readonly consent: ConsentState | null;
};

/** What was there right before the write; kept in the journal for the undo and for a resume after a crash. */
export type SealedBefore = {
  readonly found: boolean;
  readonly inSegment: boolean;
  readonly consent: ConsentState;
  readonly mailable: boolean | null;
  /** `set`: the value before; else null. */
  readonly value: string | null;
};

export const sealChange = (sealer: Sealer, c: SealedChange): string => sealer.seal(JSON.stringify(c));
export const sealBefore = (sealer: Sealer, b: SealedBefore): string => sealer.seal(JSON.stringify(b));

/** @throws bad_data when the text was tampered with, was sealed with another secret, or has no identifiers */
export function openSealedChange(sealer: Sealer, sealed: string): SealedChange {
  const read = parse(sealer, sealed);
  const identifiers = read.identifiers;
  if (typeof identifiers !== "object" || identifiers === null) throw unreadable("has no identifiers");
  return {
    identifiers: identifiers as SealedChange["identifiers"],
    value: textOrNull(read.value),
    from: textOrNull(read.from),
    found: typeof read.found === "boolean" ? read.found : null,
    consent: typeof read.consent === "string" ? (read.consent as ConsentState) : null,
  };
}

/** @throws bad_data when the text was tampered with or was sealed with another secret */
export function openSealedBefore(sealer: Sealer, sealed: string): SealedBefore {
  const read = parse(sealer, sealed);
  return {
    found: read.found === true,
    inSegment: read.inSegment === true,
    consent: (typeof read.consent === "string" ? read.consent : "unknown") as ConsentState,
    mailable: typeof read.mailable === "boolean" ? read.mailable : null,
    value: textOrNull(read.value),
  };
}

const textOrNull = (v: unknown): string | null => (typeof v === "string" ? v : null);

function parse(sealer: Sealer, sealed: string): Readonly<Record<string, unknown>> {
  const read: unknown = JSON.parse(sealer.open(sealed));
  if (typeof read !== "object" || read === null) throw unreadable("is not an object");
  return read as Readonly<Record<string, unknown>>;
}

const unreadable = (what: string): AuditorError =>
  new AuditorError("bad_data", "plan", `a sealed change ${what}`, "draft the plan again");
