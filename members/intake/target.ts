import type { IdentifierKind } from "../../core/model.ts";
import type { Field, RawTable, RawTarget } from "../../core/row-plan.ts";
import { consentByte } from "../consent-byte.ts";
import { normalise } from "../normalise.ts";
import type { RowMaking } from "../row-making.ts";
import type { ValueReader } from "../row-reader.ts";
import type { SetBuilder } from "../set-builder.ts";
import { spoolText } from "../spool.ts";
import type { Arena } from "./arena.ts";
import { layOut, NONE, type TargetLayout, type Tracked } from "./layout.ts";

const BELONGS = 256;

/** Can this builder's rows be made of bytes? Otherwise they have to come one by one. */
export function canTake({ plan }: RawTable, builder: SetBuilder): boolean {
  const { options, spooled } = builder.making;
  return (
    plan.identifiers[options.identity] !== undefined &&
    // the payload's yes and no come from the tracked attributes
    spooled.every((name) => options.attributes.includes(name) || !plan.attributes.has(name))
  );
}

/** One target of a table: what the compiled code asks of it, answered by the reference's own functions. */
export class IntakeTarget {
  readonly builder: SetBuilder;
  readonly #making: RowMaking;
  readonly #table: RawTable;
  readonly #where: RawTarget["where"];
  readonly #second: IdentifierKind | null;
  readonly #layout: TargetLayout;
  readonly #texts = new Map<string, readonly [number, number]>();
  /** Where the compiled code counts how often a value was seen. */
  readonly #counted: { readonly reader: ValueReader; readonly place: number; readonly at: number }[] = [];
  readonly #arena: Arena;

  constructor(
    arena: Arena,
    table: RawTable,
    target: RawTarget,
    builder: SetBuilder,
    o: { readonly number: number; readonly slot: number; readonly timeSlot: number },
  ) {
    this.#arena = arena;
    this.#table = table;
    this.#where = target.where;
    this.builder = builder;
    this.#making = builder.making;
    const { options, shape } = this.#making;
    this.#second = shape.secondAt === null ? null : (options.second ?? null);
    this.#layout = layOut(arena, table, target, this.#making, o);
  }

  /** Address of its Target. */
  get at(): number {
    return this.#layout.at;
  }
  get stride(): number {
    return this.#making.shape.stride;
  }
  get payload(): TargetLayout["payload"] {
    return this.#layout.payload;
  }

  /** Key and spelling of an identifier that is not plain. @param words four, and a fifth for the spelling */
  key(second: boolean, p: number, e: number, words: number): number {
    const { options, key, spelling, lookAlikes } = this.#making;
    const kind = second ? this.#second : options.identity;
    const raw = this.#arena.field(p, e);
    const normal = raw === null || kind === null ? null : normalise(kind, raw);
    if (raw === null || kind === null || normal === null) return 0;
    const out = this.#arena.words(words, 5);
    key(kind, normal, out, 0);
    if (second) return 1;
    lookAlikes?.add(normal, out, 0);
    out[4] = spelling(raw.trim());
    return 1;
  }

  /** Print, state, which yes or no, and how often it was seen. @param kept will the answer be asked again? */
  value(attribute: number, p: number, e: number, words: number, kept: boolean): void {
    const one = this.#layout.tracked[attribute] as Tracked;
    const text = this.text(p, e);
    const value = this.#table.plan.value(one.column, text);
    const place = one.reader.look(value);
    const yesNo = value === text || value === null ? 0 : value === "true" ? 1 : 2;
    this.#arena.words(words, 4).set([one.reader.print, one.reader.state, yesNo, 0]);
    if (kept) this.#counted.push({ reader: one.reader, place, at: words + 12 });
    else one.reader.count(place, 1);
    if (one.mayBeDirect && one.reader.full) this.#arena.words(one.directAt, 1)[0] = 1;
  }

  /** A field's text, as the table means it. */
  text(p: number, e: number): Field {
    return this.#arena.field(p, e) ?? (this.#table.bareIsNull ? null : "");
  }

  /** Consent byte and whether the record belongs here, the column of its time, and the text around that in the payload. */
  facts(row: number, words: number): void {
    const bounds = this.#arena.words(row, this.#table.columns + 1);
    const fields = new Array<Field>(this.#table.columns).fill(this.#table.bareIsNull ? null : "");
    for (const i of this.#layout.looked)
      fields[i] = this.text((bounds[i] as number) + 1, bounds[i + 1] as number);
    if (this.#where !== null && !this.#where.fits(fields)) {
      this.#arena.words(words, 6).fill(0);
      return;
    }
    const { consent, mailable, bounced, consentAt, detailed } = this.#table.plan.facts(fields);
    const global = {
      channel: "email",
      scope: "global",
      scopeId: null,
      state: consent,
      at: null,
      method: null,
    } as const;
    const [before, after] = aroundTimes(
      spoolText(
        {
          id: "",
          identifiers: {},
          attributes: {},
          consent,
          mailable,
          of: [],
          ...(detailed ? { consents: [global] } : {}),
        },
        [],
      ),
    );
    const [head, headBytes] = this.#kept(before);
    const [tail, tailBytes] = this.#kept(after);
    this.#arena
      .words(words, 6)
      .set([
        consentByte(consent, mailable, bounced === true) | BELONGS,
        consentAt < 0 ? NONE : consentAt,
        head,
        headBytes,
        tail,
        tailBytes,
      ]);
  }

  /** There are a dozen of them at most. */
  #kept(text: string): readonly [number, number] {
    const place = this.#texts.get(text) ?? this.#arena.text(text);
    this.#texts.set(text, place);
    return place;
  }

  /** Counts the values that the compiled code has seen; once, at the end. */
  count(): void {
    for (const { reader, place, at } of this.#counted)
      reader.count(place, this.#arena.words(at, 1)[0] as number);
    this.#counted.length = 0;
  }
}

const BEGINNING = '["",{},{';
const TIMES = ",null,null";

/** What stands before and after the two times of a record in its text. */
function aroundTimes(text: string): readonly [string, string] {
  const at = text.indexOf(TIMES);
  return [text.slice(BEGINNING.length, at + 1), text.slice(at + TIMES.length)];
}
