import type { IdentifierKind } from "../../core/model.ts";
import type { Field, RawTable, RawTarget } from "../../core/row-plan.ts";
import { STATE_NAMES } from "../attribute-state.ts";
import { consentByte } from "../consent-byte.ts";
import { domainOf, spellingStart } from "../kernel/instance.ts";
import { normalise } from "../normalise.ts";
import type { ValueReader } from "../row-reader.ts";
import { PRINTS_AT, STATES_PER_WORD } from "../row-shape.ts";
import type { RowMaking, SetBuilder } from "../set-builder.ts";
import { spoolText } from "../spool.ts";
import type { Arena } from "./arena.ts";

const NONE = 0xffffffff;
const BELONGS = 256;
const MISSING = STATE_NAMES.indexOf("missing");
const KINDS: readonly IdentifierKind[] = ["email", "phone", "customer_id"];
/** Words of an Attribute of assembly/target.ts, and which of them is `direct`. */
const ATTRIBUTE_WORDS = 7;
const DIRECT_AT = 5;

type Tracked = {
  readonly reader: ValueReader;
  readonly column: number;
  readonly mayBeDirect: boolean;
  readonly at: number;
};

/** One target of a table: what the compiled code has to know of it, and what it asks. */
export class IntakeTarget {
  /** Address of its Target. */
  readonly at: number;
  readonly builder: SetBuilder;
  readonly stride: number;
  /** Payload bytes of a record beside its fields at most, and how often one field may stand in it. */
  readonly payload: { readonly fixed: number; readonly times: number };
  readonly #making: RowMaking;
  readonly #table: RawTable;
  readonly #where: RawTarget["where"];
  readonly #second: IdentifierKind | null;
  readonly #tracked: readonly Tracked[];
  readonly #looked: readonly number[];
  readonly #texts = new Map<string, readonly [number, number]>();
  /** Where the compiled code counts how often a value was seen. */
  readonly #counted: { readonly reader: ValueReader; readonly place: number; readonly at: number }[] = [];
  readonly #arena: Arena;

  constructor(
    arena: Arena,
    table: RawTable,
    target: RawTarget,
    builder: SetBuilder,
    o: { number: number; slot: number; timeSlot: number },
  ) {
    this.#arena = arena;
    this.#table = table;
    this.#where = target.where;
    this.builder = builder;
    const making = builder.making;
    this.#making = making;
    const { options, shape } = making;
    const { plan } = table;
    this.stride = shape.stride;
    this.#second = shape.secondAt === null ? null : (options.second ?? null);
    const deciding = [...new Set([...plan.deciding, ...(target.where?.columns ?? [])])];
    this.#looked = [...new Set([...deciding, ...plan.filled])];
    const template = this.#template();
    const { attributesAt, tracked, addressOf } = this.#attributes(o.slot + 1);
    this.#tracked = tracked;
    const spooled = making.spooled.filter((name) => plan.attributes.has(name));
    const names = spooled.map((name, i) => arena.text(`${i === 0 ? "" : ","}${JSON.stringify(name)}:`));
    const kinds = KINDS.map((kind) => arena.text(`"${kind}":`));
    const column = (kind: IdentifierKind | null): number =>
      kind === null ? NONE : (plan.identifiers[kind] ?? NONE);
    const orNone = (i: number): number => (i < 0 ? NONE : i);
    const spooledAt = arena.list(
      spooled.flatMap((name, i) => [
        ...(names[i] ?? [0, 0]),
        plan.attributes.get(name) ?? NONE,
        addressOf.get(name) ?? 0,
      ]),
    );
    this.at = arena.list([
      o.number,
      shape.stride,
      template,
      domainOf(options.identity),
      column(options.identity),
      this.#second === null ? 0 : domainOf(this.#second),
      column(this.#second),
      shape.secondAt ?? 0,
      options.records === true ? PRINTS_AT + options.attributes.length : 0,
      shape.payloadAt ?? 0,
      tracked.length,
      attributesAt,
      spooled.length,
      spooledAt,
      deciding.length,
      arena.list(deciding),
      plan.filled.length,
      arena.list(plan.filled),
      column("email"),
      column("phone"),
      column("customer_id"),
      orNone(plan.recordId),
      ...kinds.flat(),
      orNone(plan.updatedAt),
      table.bareIsNull ? 1 : 0,
      o.slot,
      o.timeSlot,
      spellingStart(options.keys) >>> 0,
    ]);
    const times = new Map<number, number>();
    for (const i of [
      ...KINDS.flatMap((k) => [column(k), column(k)]),
      plan.recordId,
      ...spooled.map((n) => plan.attributes.get(n) ?? NONE),
    ])
      times.set(i, (times.get(i) ?? 0) + 1);
    this.payload = {
      fixed: 512 + [...names, ...kinds].reduce((sum, [, n]) => sum + n + 32, 0),
      times: Math.max(1, ...times.values()),
    };
  }

  /** Can this builder's rows be made here? Otherwise they have to come one by one. */
  static can(table: RawTable, builder: SetBuilder): boolean {
    const { options, spooled } = builder.making;
    const { plan } = table;
    return (
      plan.identifiers[options.identity] !== undefined &&
      // the payload's yes and no come from the tracked attributes
      spooled.every((name) => options.attributes.includes(name) || !plan.attributes.has(name))
    );
  }

  /** Memo slots of its own: one for facts, one for each attribute. */
  static slots(builder: SetBuilder): number {
    return 1 + builder.making.options.attributes.length;
  }

  /** What every row begins with: the attributes that the table lacks are missing. */
  #template(): number {
    const { options, shape } = this.#making;
    const words = new Array<number>(shape.stride).fill(0);
    for (const [a, name] of options.attributes.entries()) {
      if (this.#table.plan.attributes.has(name)) continue;
      const word = shape.statesAt + Math.floor(a / STATES_PER_WORD);
      words[word] = ((words[word] ?? 0) | (MISSING << (3 * (a % STATES_PER_WORD)))) >>> 0;
    }
    return this.#arena.list(words);
  }

  #attributes(firstSlot: number): {
    attributesAt: number;
    tracked: Tracked[];
    addressOf: Map<string, number>;
  } {
    const { options, shape, values } = this.#making;
    const { plan } = this.#table;
    const there = options.attributes.flatMap((name, a) => {
      const column = plan.attributes.get(name);
      return column === undefined ? [] : [{ name, a, column }];
    });
    const attributesAt = this.#arena.list(
      there.flatMap(({ a, column }) => [
        column,
        PRINTS_AT + a,
        shape.statesAt + Math.floor(a / STATES_PER_WORD),
        3 * (a % STATES_PER_WORD),
        firstSlot + a,
        0,
        0,
      ]),
    );
    const addressOf = new Map<string, number>();
    const tracked = there.map(({ name, a, column }, i): Tracked => {
      const at = attributesAt + 4 * ATTRIBUTE_WORDS * i;
      addressOf.set(name, at);
      const judged = Object.hasOwn(options.rules, name) && options.rules[name] !== undefined;
      const rule = judged ? options.rules[name] : null;
      const free = (rule?.values ?? null) === null && (rule?.pattern ?? null) === null;
      return {
        reader: values[a] as ValueReader,
        column,
        mayBeDirect: free && !plan.yesNo.has(column) && !(options.enumerated ?? []).includes(name),
        at,
      };
    });
    return { attributesAt, tracked, addressOf };
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
    const one = this.#tracked[attribute] as Tracked;
    const text = this.text(p, e);
    const value = this.#table.plan.value(one.column, text);
    const place = one.reader.look(value);
    const yesNo = value === text || value === null ? 0 : value === "true" ? 1 : 2;
    this.#arena.words(words, 4).set([one.reader.print, one.reader.state, yesNo, 0]);
    if (kept) this.#counted.push({ reader: one.reader, place, at: words + 12 });
    else one.reader.count(place, 1);
    if (one.mayBeDirect && one.reader.full) this.#arena.words(one.at, ATTRIBUTE_WORDS)[DIRECT_AT] = 1;
  }

  /** A field's text, as the table means it. */
  text(p: number, e: number): Field {
    return this.#arena.field(p, e) ?? (this.#table.bareIsNull ? null : "");
  }

  /** Consent byte and whether the record belongs here, the column of its time, and the text around that in the payload. */
  facts(row: number, words: number): void {
    const bounds = this.#arena.words(row, this.#table.columns + 1);
    const fields = new Array<Field>(this.#table.columns).fill(this.#table.bareIsNull ? null : "");
    for (const i of this.#looked) fields[i] = this.text((bounds[i] as number) + 1, bounds[i + 1] as number);
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
