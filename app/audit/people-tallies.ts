import type { ExposedGroup, OverSuppressed } from "../../core/comparison.ts";
import type { Audience } from "../../core/config.ts";
import type { AudienceId, Instant, PersonKey, SystemId } from "../../core/model.ts";
import type { Difference, DifferenceKind } from "../../members/differences.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { presentIn } from "../../members/present-in.ts";
import type { SpooledRow } from "../../members/spool.ts";
import type { App } from "../app.ts";
import { lookUp } from "./look-up.ts";
import { OptOutGroups, optOutTime } from "./opt-out-age.ts";
import { isOwnAct } from "./own-act.ts";
import { type Readings, readingKey } from "./readings.ts";

/** Counts one kind of difference in one system, from what the sealed rows say of these people. */
export type Tally<R> = {
  readonly kind: DifferenceKind;
  readonly system: SystemId;
  add(found: readonly Difference[]): Promise<void>;
  result(): R;
};

type Told = {
  readonly app: Pick<App, "config" | "dataDir" | "keys" | "audits">;
  readonly audience: Audience;
  readonly readings: Readings;
  readonly system: SystemId;
};
type Rows = ReadonlyMap<PersonKey, SpooledRow>;

const peopleOf = (found: readonly Difference[]): PersonKey[] => found.map((d) => d.person);

/** Rows of these people: of the copy of this audience, else of the whole system. */
async function rowsIn(t: Told, system: SystemId, people: readonly PersonKey[]): Promise<Rows> {
  const rows = async (audience: AudienceId | null): Promise<Rows> =>
    lookUp(t.app, t.readings.get(readingKey(audience, system))?.snapshot.setFile, people);
  return new Map([...(await rows(null)), ...(await rows(t.audience.id))]);
}

/** People on the list who can be mailed here: when they opted out, and which other lists of this system have them. */
export class ExposedTally implements Tally<readonly ExposedGroup[]> {
  readonly kind = "mailable_opted_out";
  readonly system: SystemId;
  readonly #told: Told;
  /** Times of the owner's readings, newest first. */
  readonly #reads: readonly Instant[];
  readonly #groups: OptOutGroups;
  readonly #copies: readonly { readonly audience: AudienceId; readonly set: MemberSet }[];

  private constructor(told: Told, reads: readonly Instant[], now: Instant) {
    this.system = told.system;
    this.#told = told;
    this.#reads = reads;
    this.#groups = new OptOutGroups(now);
    const { config } = told.app;
    const list = told.readings.get(readingKey(told.audience.id, told.audience.owner))?.set;
    this.#copies = config.audiences.flatMap(({ id }) => {
      const set = told.readings.get(readingKey(id, told.system))?.set;
      const fits = set != null && id !== told.audience.id && set.identity === list?.identity;
      return fits && set.epoch === list?.epoch ? [{ audience: id, set }] : [];
    });
  }

  static async of(told: Told, now: Instant): Promise<ExposedTally> {
    const { id, owner } = told.audience;
    const latest = told.readings.get(readingKey(id, owner))?.snapshot;
    const history = await told.app.audits.snapshots(id, owner, 64);
    const before = history.filter(
      (s) =>
        s.coverage === "complete" && s.ordinal !== null && s.id !== latest?.id && s.epoch === latest?.epoch,
    );
    const reads = [...before.reverse().map((s) => s.asOf)];
    return new ExposedTally(told, latest === undefined ? reads : [latest.asOf, ...reads], now);
  }

  async add(found: readonly Difference[]): Promise<void> {
    const people = peopleOf(found);
    const rows = await rowsIn(this.#told, this.#told.audience.owner, people);
    const among = new Map<PersonKey, string[]>(people.map((p) => [p, []]));
    for (const { audience, set } of this.#copies) {
      for (const person of await presentIn(set, people)) among.get(person)?.push(audience);
    }
    for (const d of found) {
      const row = rows.get(d.person);
      const told = row !== undefined && isOptOut(row) ? row.consentAt : null;
      this.#groups.add(optOutTime(this.#reads, d.listedReads ?? 1, told), among.get(d.person) ?? []);
    }
  }

  result(): readonly ExposedGroup[] {
    return this.#groups.result();
  }
}

/**
 * People whom another system calls opted out. Without a date it may only mean that they never subscribed there, so
 * that alone is no evidence, unless it is a complaint or an erasure.
 */
export class ElsewhereTally implements Tally<{ readonly people: number; readonly undated: number }> {
  readonly kind = "opted_out_elsewhere";
  readonly system: SystemId;
  readonly #told: Told;
  #people = 0;
  #undated = 0;

  constructor(told: Told) {
    this.system = told.system;
    this.#told = told;
  }

  async add(found: readonly Difference[]): Promise<void> {
    for (const system of new Set(found.map((d) => d.consentFrom ?? this.system))) {
      const some = found.filter((d) => (d.consentFrom ?? this.system) === system);
      const rows = await rowsIn(this.#told, system, peopleOf(some));
      for (const d of some) {
        const row = rows.get(d.person);
        const proven =
          row !== undefined && isOptOut(row) && (row.consentAt !== null || row.consent !== "unsubscribed");
        if (proven) this.#people++;
        else this.#undated++;
      }
    }
  }

  result(): { people: number; undated: number } {
    return { people: this.#people, undated: this.#undated };
  }
}

/** People held back here who said yes at the owner: themselves and later, or not. */
export class OverTally implements Tally<OverSuppressed> {
  readonly kind = "over_suppressed";
  readonly system: SystemId;
  readonly #told: Told;
  #newer = 0;
  #notCounting = 0;
  #undated = 0;

  constructor(told: Told) {
    this.system = told.system;
    this.#told = told;
  }

  async add(found: readonly Difference[]): Promise<void> {
    const people = peopleOf(found);
    const owner = await rowsIn(this.#told, this.#told.audience.owner, people);
    const here = await rowsIn(this.#told, this.system, people);
    for (const person of people) {
      const yes = owner.get(person);
      const no = here.get(person);
      const own = isOwnAct(yes?.method ?? null);
      const since = no !== undefined && isOptOut(no) ? no.consentAt : null;
      if (own === false) this.#notCounting++;
      else if (own === null || yes?.consentAt == null || since === null) this.#undated++;
      else if (yes.consentAt > since) this.#newer++;
      else this.#notCounting++;
    }
  }

  result(): OverSuppressed {
    return { newer: this.#newer, notCounting: this.#notCounting, undated: this.#undated };
  }
}

const isOptOut = (row: SpooledRow): boolean =>
  row.consent === "unsubscribed" || row.consent === "complained" || row.consent === "erased";
