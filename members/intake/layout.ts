import type { IdentifierKind } from "../../core/model.ts";
import type { RawTable, RawTarget } from "../../core/row-plan.ts";
import { STATE_NAMES } from "../attribute-state.ts";
import { domainOf, spellingStart } from "../kernel/instance.ts";
import type { RowMaking } from "../row-making.ts";
import type { ValueReader } from "../row-reader.ts";
import { PRINTS_AT, STATES_PER_WORD } from "../row-shape.ts";
import type { Arena } from "./arena.ts";

/** There is no such column. */
export const NONE = 0xffffffff;
const MISSING = STATE_NAMES.indexOf("missing");
const KINDS: readonly IdentifierKind[] = ["email", "phone", "customer_id"];
/** Words of an Attribute of assembly/target.ts, and which of them is `direct`. */
const ATTRIBUTE_WORDS = 7;
const DIRECT_AT = 5;

/** An attribute that the table has. */
export type Tracked = {
  readonly reader: ValueReader;
  readonly column: number;
  /** May the compiled code judge its values, once all that are to be known by name were seen? */
  readonly mayBeDirect: boolean;
  /** Address of the word that says so. */
  readonly directAt: number;
};

export type TargetLayout = {
  /** Address of the Target of assembly/target.ts. */
  readonly at: number;
  readonly tracked: readonly Tracked[];
  /** Columns that decide on consent and belonging. */
  readonly looked: readonly number[];
  /** Payload bytes of a record beside its fields at most, and how often one field may stand in it. */
  readonly payload: { readonly fixed: number; readonly times: number };
};

/**
 * Writes what the compiled code has to know of one target.
 *
 * @param o number of the target; its first memo slot, of as many as `slotsOf` says; the slot that all share for times
 */
export function layOut(
  arena: Arena,
  table: RawTable,
  { where }: RawTarget,
  making: RowMaking,
  o: { readonly number: number; readonly slot: number; readonly timeSlot: number },
): TargetLayout {
  const { options, shape } = making;
  const { plan } = table;
  const second = shape.secondAt === null ? null : (options.second ?? null);
  const deciding = [...new Set([...plan.deciding, ...(where?.columns ?? [])])];
  const attributes = layOutAttributes(arena, table, making, o.slot + 1);
  const spooled = making.spooled.filter((name) => plan.attributes.has(name));
  const names = spooled.map((name, i) => arena.text(`${i === 0 ? "" : ","}${JSON.stringify(name)}:`));
  const kinds = KINDS.map((kind) => arena.text(`"${kind}":`));
  const column = (kind: IdentifierKind | null): number =>
    kind === null ? NONE : (plan.identifiers[kind] ?? NONE);
  const columnOf = (name: string): number => plan.attributes.get(name) ?? NONE;
  const orNone = (i: number): number => (i < 0 ? NONE : i);
  const spooledAt = arena.list(
    spooled.flatMap((name, i) => [
      ...(names[i] ?? [0, 0]),
      columnOf(name),
      attributes.addressOf.get(name) ?? 0,
    ]),
  );
  const at = arena.list([
    o.number,
    shape.stride,
    arena.list(templateOf(table, making)),
    domainOf(options.identity),
    column(options.identity),
    second === null ? 0 : domainOf(second),
    column(second),
    shape.secondAt ?? 0,
    options.records === true ? PRINTS_AT + options.attributes.length : 0,
    shape.payloadAt ?? 0,
    attributes.tracked.length,
    attributes.at,
    spooled.length,
    spooledAt,
    deciding.length,
    arena.list(deciding),
    plan.filled.length,
    arena.list(plan.filled),
    ...KINDS.map(column),
    orNone(plan.recordId),
    ...kinds.flat(),
    orNone(plan.updatedAt),
    table.bareIsNull ? 1 : 0,
    o.slot,
    o.timeSlot,
    spellingStart(options.keys) >>> 0,
  ]);
  const times = new Map<number, number>();
  // an identifier stands under its name, and may be the record's id too
  for (const i of [...KINDS, ...KINDS].map(column).concat(plan.recordId, spooled.map(columnOf)))
    times.set(i, (times.get(i) ?? 0) + 1);
  return {
    at,
    tracked: attributes.tracked,
    looked: [...new Set([...deciding, ...plan.filled])],
    payload: {
      fixed: 512 + [...names, ...kinds].reduce((sum, [, n]) => sum + n + 32, 0),
      times: Math.max(...times.values()),
    },
  };
}

/** Memo slots of a target: one for facts, one for each attribute. */
export const slotsOf = (making: RowMaking): number => 1 + making.options.attributes.length;

/** What every row begins with: the attributes that the table lacks are missing. */
function templateOf({ plan }: RawTable, { options, shape }: RowMaking): number[] {
  const words = new Array<number>(shape.stride).fill(0);
  for (const [a, name] of options.attributes.entries()) {
    if (plan.attributes.has(name)) continue;
    const word = shape.statesAt + Math.floor(a / STATES_PER_WORD);
    words[word] = ((words[word] ?? 0) | (MISSING << (3 * (a % STATES_PER_WORD)))) >>> 0;
  }
  return words;
}

function layOutAttributes(
  arena: Arena,
  { plan }: RawTable,
  { options, shape, values }: RowMaking,
  firstSlot: number,
): { at: number; tracked: Tracked[]; addressOf: Map<string, number> } {
  const there = options.attributes.flatMap((name, a) => {
    const column = plan.attributes.get(name);
    const reader = values[a];
    return column === undefined || reader === undefined ? [] : [{ name, a, column, reader }];
  });
  const at = arena.list(
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
  const address = (i: number): number => at + 4 * ATTRIBUTE_WORDS * i;
  return {
    at,
    addressOf: new Map(there.map(({ name }, i) => [name, address(i)])),
    tracked: there.map(({ name, column, reader }, i): Tracked => {
      const rule = Object.hasOwn(options.rules, name) ? options.rules[name] : undefined;
      const free = (rule?.values ?? null) === null && (rule?.pattern ?? null) === null;
      return {
        reader,
        column,
        mayBeDirect: free && !plan.yesNo.has(column) && !(options.enumerated ?? []).includes(name),
        directAt: address(i) + 4 * DIRECT_AT,
      };
    }),
  };
}
