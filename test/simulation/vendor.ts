import { AuditorError } from "../../core/errors.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import { isOptOut } from "../../sync/effect.ts";
import type { Rec } from "../property/sync-world.ts";

/** A record, or none, as it stood from then on. */
type Moment = { readonly at: number; readonly rec: Rec | null };
/** Something that somebody else did to a person there. */
export type Edit = { readonly at: number; readonly what: "consent" | "membership" | "value" | "record" };

const NOBODY: PersonState = {
  found: false,
  inSegment: false,
  consent: "unknown",
  mailable: null,
  attributes: {},
  version: null,
};

/** A vendor's account: what is there, what was there, and who else changed it. Its API is in sim-writer.ts. */
export class SimVendor {
  readonly recs = new Map<string, Rec>();
  readonly edits = new Map<string, Edit[]>();
  readonly #history = new Map<string, Moment[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  #put(mail: string, rec: Rec | null): void {
    if (rec === null) this.recs.delete(mail);
    else this.recs.set(mail, rec);
    const past = this.#history.get(mail) ?? [];
    past.push({ at: this.#now(), rec: rec === null ? null : { ...rec } });
    this.#history.set(mail, past);
  }

  seed(mail: string, rec: Rec): void {
    this.#put(mail, rec);
  }

  /** A person, or another program, changes a record past Plumbline. */
  edit(mail: string, what: Edit["what"], rec: Rec | null): void {
    this.#put(mail, rec);
    const edits = this.edits.get(mail) ?? [];
    edits.push({ at: this.#now(), what });
    this.edits.set(mail, edits);
  }

  /** What a read shows that is `lagMs` behind. */
  read(mail: string, lagMs: number): PersonState {
    const rec = this.at(mail, this.#now() - lagMs);
    if (rec === null) return NOBODY;
    return {
      found: true,
      inSegment: rec.inSegment,
      consent: rec.consent,
      mailable: rec.mailable,
      attributes: { plan: rec.plan },
      version: null,
    };
  }

  at(mail: string, ms: number): Rec | null {
    return (this.#history.get(mail) ?? []).findLast((m) => m.at <= ms)?.rec ?? null;
  }

  /** Was this person opted out here at every moment since then? */
  optedOutSince(mail: string, ms: number): boolean {
    const out = (rec: Rec | null): boolean => rec !== null && isOptOut(rec.consent);
    const later = (this.#history.get(mail) ?? []).filter((m) => m.at > ms);
    return out(this.at(mail, ms)) && later.every((m) => out(m.rec));
  }

  /** Carries out one change as such a vendor does. Null: there was nothing to do. */
  write(c: OpenChange): { readonly before: Rec | null; readonly after: Rec } | null {
    const mail = mailOfChange(c);
    const before = this.recs.get(mail) ?? null;
    if (before === null && c.op !== "add") return null;
    const after: Rec =
      before === null
        ? { inSegment: false, consent: "unsubscribed", mailable: false, plan: null }
        : { ...before };
    if (c.op === "add") after.inSegment = true;
    if (c.op === "remove") after.inSegment = false;
    if (c.op === "set") after.plan = c.value;
    if (c.op === "suppress" && (after.mailable || !isOptOut(after.consent)))
      Object.assign(after, { consent: "unsubscribed", mailable: false });
    if (before !== null && JSON.stringify(before) === JSON.stringify(after)) return null;
    this.#put(mail, after);
    return { before, after };
  }
}

export function mailOfChange(c: Pick<OpenChange, "identifiers">): string {
  const { email } = c.identifiers;
  if (email !== undefined) return email;
  throw new AuditorError("bad_data", "vendor", "a change has no address", "give one");
}
