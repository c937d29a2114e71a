import type { RawIntake, RawRows, RawTable, Taken } from "../../core/row-plan.ts";
import { fingerprinter } from "../fingerprint.ts";
import type { WasmModule } from "../kernel/wasm.ts";
import { PLACEHOLDERS } from "../placeholder.ts";
import type { SetBuilder } from "../set-builder.ts";
import { Arena } from "./arena.ts";
import { type IntakeInstance, startIntake } from "./instance.ts";
import { slotsOf } from "./layout.ts";
import { canTake, IntakeTarget } from "./target.ts";

/** A larger block is for the reference. */
const MOST_BYTES = 1 << 20;
const PAD = 128;
const MEMO_ARENA = 8 << 20;
const ANSWER = 1024;
const FACTS_ANSWER = ANSWER + 256;
const PLACEHOLDER_BITS = FACTS_ANSWER + 64;
const FREE = 2048;
const LONGEST_PLACEHOLDER = 14;
/** JSON makes six bytes of a control character. */
const ESCAPED = 6;

/**
 * Makes rows of bytes in compiled code, for the builders of one read; a builder's index is its target's.
 *
 * @returns null: they do not share their keys, so records have to come one by one
 */
export function rawIntake(module: WasmModule, builders: readonly SetBuilder[]): RawIntake | null {
  const keys = builders[0]?.making.options.keys;
  if (keys === undefined || builders.some((b) => b.making.options.keys !== keys)) return null;
  return {
    open(table) {
      const targets = table.targets.flatMap(({ index }) => builders[index] ?? []);
      const fits =
        table.columns > 0 && table.columns * 4 < MOST_BYTES && targets.length === table.targets.length;
      if (!fits || targets.length === 0 || !targets.every((b) => canTake(table, b))) return null;
      return new Rows(module, table, targets);
    },
  };
}

class Rows implements RawRows {
  readonly #table: RawTable;
  readonly #instance: IntakeInstance;
  readonly #arena: Arena;
  readonly #targets: readonly IntakeTarget[];
  readonly #list: number;
  /** Of the targets. */
  readonly #addresses: number;
  readonly #input: number;
  readonly #work: number;
  #open: number;
  #header: boolean;

  constructor(module: WasmModule, table: RawTable, builders: readonly SetBuilder[]) {
    this.#table = table;
    this.#header = table.header;
    const { keys } = (builders[0] as SetBuilder).making.options;
    const print = fingerprinter(keys);
    const target = (i: number): IntakeTarget => this.#targets[i] as IntakeTarget;
    this.#instance = startIntake(module, keys, {
      key: (i, second, p, e) => target(i).key(second !== 0, p, e, ANSWER + 8),
      value: (i, attribute, p, e, words, kept) => target(i).value(attribute, p, e, words, kept !== 0),
      facts: (i, row, words) => target(i).facts(row, words),
      time: (p, e, words, text) => this.#time(p, e, words, text),
      print: (p, e) => print(this.#arena.field(p, e) ?? ""),
      note: (column, p, e) => (table.notes?.note(column, this.#arena.field(p, e) ?? "") ? 1 : 0),
    });
    const { exports, memory } = this.#instance;
    const arena = new Arena(memory, FREE);
    this.#arena = arena;
    const notes = table.notes?.columns ?? [];
    this.#open = notes.length;
    this.#list = arena.list(notes);
    let slots = 1;
    this.#targets = table.targets.map((t, number) => {
      const builder = builders[number] as SetBuilder;
      const slot = slots;
      slots += slotsOf(builder.making);
      return new IntakeTarget(arena, table, t, builder, { number, slot, timeSlot: 0 });
    });
    this.#addresses = arena.list(this.#targets.map((t) => t.at));
    const memo = arena.take(exports.memoTableBytes());
    const counts = arena.take(4 * slots);
    const texts = arena.take(MEMO_ARENA);
    exports.initMemo(memo, counts, slots, texts, texts + MEMO_ARENA);
    const scratch = arena.take(MOST_BYTES + 4 * table.columns + PAD);
    arena.bytes(PLACEHOLDER_BITS, 16 * (LONGEST_PLACEHOLDER + 1)).set(placeholderBits());
    exports.initRows(table.columns, ANSWER, FACTS_ANSWER, PLACEHOLDER_BITS, scratch, arena.end);
    // Texts around the times are written when the first record asks.
    this.#input = arena.take(MOST_BYTES + 2 * PAD) + PAD;
    this.#work = arena.take(16) + 16_384;
    arena.reach(this.#work);
  }

  #time(p: number, e: number, words: number, text: number): void {
    const instant = this.#table.plan.time(this.#arena.field(p, e) ?? "");
    const seconds = instant === null ? Number.NaN : Date.parse(instant);
    const written =
      instant === null
        ? 0
        : Buffer.from(this.#arena.bytes(text, 32).buffer, text, 32).write(`"${instant}"`, "latin1");
    // As `SetBuilder.add` has it.
    this.#arena
      .words(words, 2)
      .set([Number.isNaN(seconds) ? 0 : Math.max(0, Math.floor(seconds / 1000)), written]);
  }

  take(bytes: Uint8Array, last: boolean): Taken | null {
    if (bytes.length > MOST_BYTES) return null;
    const { exports } = this.#instance;
    const { columns, delimiter } = this.#table;
    // Each field takes a byte at least, and each record one position more than it has fields.
    const table = this.#work;
    const tableEnd = up(table + 4 * (2 * bytes.length + 2 * (columns + 1)));
    this.#arena.reach(tableEnd);
    this.#arena.bytes(this.#input, bytes.length).set(bytes);
    const taken = exports.split(
      this.#input,
      bytes.length,
      last ? 1 : 0,
      columns,
      delimiter.charCodeAt(0),
      this.#header ? 1 : 0,
      table,
      tableEnd,
    );
    if (exports.status.value !== 0) return null;
    if (exports.headerTaken.value !== 0) this.#header = false;
    const rows = exports.found.value;
    if (this.#open > 0) this.#open = exports.note(table, rows, this.#list, this.#open);
    if (this.#targets.length > 1) exports.decide(this.#addresses, this.#targets.length, table, rows);
    const records = this.#targets.map((t) => this.#process(t, table, tableEnd, rows, bytes.length));
    return { bytes: taken, header: !this.#header, rows, records };
  }

  /** @returns records that belong to the target */
  #process(target: IntakeTarget, table: number, out: number, records: number, bytes: number): number {
    const { exports } = this.#instance;
    const payload = up(out + 4 * target.stride * records);
    const end = up(payload + target.payload.fixed * records + ESCAPED * target.payload.times * bytes + PAD);
    this.#arena.reach(end);
    const rows = exports.process(target.at, table, records, out, payload, end, target.builder.nextChunk);
    target.builder.takeRows(
      this.#arena.words(out, rows * target.stride),
      rows,
      this.#arena.bytes(payload, exports.payloadEnd.value - payload),
      exports.invalid.value,
    );
    return exports.belonging.value;
  }

  close(): void {
    for (const t of this.#targets) t.count();
  }
}

const up = (n: number): number => Math.ceil(n / 64) * 64;

/** A bit for each length and first letter that a placeholder has. */
function placeholderBits(): Uint8Array {
  const bits = new Uint8Array(16 * (LONGEST_PLACEHOLDER + 1));
  for (const word of PLACEHOLDERS) {
    const first = word.charCodeAt(0);
    const at = 16 * word.length + (first >> 3);
    bits[at] = (bits[at] as number) | (1 << (first & 7));
  }
  return bits;
}
