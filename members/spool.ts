import { type FileHandle, open } from "node:fs/promises";
import { AuditorError } from "../core/errors.ts";
import type {
  ConsentRecord,
  ConsentState,
  IdentifierKind,
  Instant,
  MemberRow,
  PersonKey,
} from "../core/model.ts";
import { AtomicFile } from "./atomic-file.ts";
import type { Keys } from "./keys.ts";
import { compareKeys, wordsOfHex } from "./person-key.ts";
import { IV_BYTES, openBytes, SEAL_BYTES, sealBytes } from "./sealer.ts";
import { PARTITION_BITS, PARTITIONS } from "./set-file.ts";

/** One person's record as it was read, raw. Never logged, never stored outside a seal. */
export type SpooledRow = {
  readonly id: string;
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, string>>>;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly consent: ConsentState;
  readonly consentAt: Instant | null;
  readonly updatedAt: Instant | null;
  /** The system's word for how that consent was given or taken back; null: it tells none. */
  readonly method: string | null;
  /** What its opt-outs of e-mail cover, one by one; absent: the row is none, or its system does not tell. */
  readonly optOuts?: readonly OptOutScope[];
};

/** `name`: the system's own id of the brand, list or topic; null: all of it. */
export type OptOutScope = { readonly scope: ConsentRecord["scope"]; readonly name: string | null };

export type Spool = {
  /** Rows of those people who are in the snapshot. @throws bad_data when a block was changed or the key is another */
  lookup(people: readonly PersonKey[]): Promise<Map<PersonKey, SpooledRow>>;
  close(): Promise<void>;
};

/**
 * The spool file: magic, version, a random name of 16 bytes; one AES-256-GCM block per partition that has rows, bound
 * to that name and its number; a sealed directory of their lengths. A block: n, keys 16n, offsets 4(n + 1), rows as
 * JSON. Not synced to the disk: what a power cut takes is noticed and read again.
 */
const MAGIC = 0x50534c50;
const VERSION = 1;
const HEAD_BYTES = 24;
const DIRECTORY = PARTITIONS;
const DIRECTORY_BYTES = PARTITIONS * 4 + SEAL_BYTES;

const context = (name: Uint8Array, block: number): Uint8Array =>
  Buffer.concat([Buffer.from("plumbline/spool"), name, Buffer.of(block >>> 8, block & 0xff)]);

/** What JSON has to escape, and halves of surrogate pairs, which JSON.stringify writes as escapes too. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;
const quote = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`);
const quoteOrNull = (text: string | null | undefined): string => (text == null ? "null" : quote(text));

/**
 * The text of a row in the spool: identifiers, the given attributes and what is known of its consent, nothing else. JSON written by hand, since
 * nearly no value needs escaping and this runs for every row.
 */
export function spoolText(row: MemberRow, attributes: readonly string[]): string {
  let text = `[${quote(row.id)},{`;
  let comma = "";
  for (const kind of KINDS) {
    const raw = row.identifiers[kind];
    if (typeof raw !== "string") continue;
    text += `${comma}"${kind}":${quote(raw)}`;
    comma = ",";
  }
  text += "},{";
  comma = "";
  for (const name of attributes) {
    if (!Object.hasOwn(row.attributes, name)) continue;
    text += `${comma}${quote(name)}:${quoteOrNull(row.attributes[name])}`;
    comma = ",";
  }
  const method = methodOf(row);
  const outs = optOutsOf(row);
  const how = method === null && outs === null ? "" : `,${quoteOrNull(method)}${outs ?? ""}`;
  return `${text}},"${row.consent}",${quoteOrNull(row.consentAt)},${quoteOrNull(row.updatedAt)}${how}]`;
}

/** Of the record that the row's consent rests on: the one of its state and time, else of its state. */
function methodOf(row: MemberRow): string | null {
  let method: string | null = null;
  for (const c of row.consents ?? []) {
    if (c.channel !== "email" || c.state !== row.consent || c.method === null) continue;
    if (c.at !== null && c.at === row.consentAt) return c.method;
    method ??= c.method;
  }
  return method;
}

const isOut = (c: ConsentState): boolean => c === "unsubscribed" || c === "complained" || c === "erased";

/** Only of rows that are opted out: they are few, and nobody asks about the others. */
function optOutsOf(row: MemberRow): string | null {
  if (!isOut(row.consent) || row.consents === undefined) return null;
  const outs = row.consents.filter((c) => c.channel === "email" && isOut(c.state));
  return outs.length === 0 ? null : `,${JSON.stringify(outs.map((c) => [c.scope, c.scopeId]))}`;
}

const KINDS: readonly IdentifierKind[] = ["email", "phone", "customer_id"];

/** The text of a row that was read back from its text. */
export const mergedText = (row: SpooledRow): string =>
  JSON.stringify([
    row.id,
    row.identifiers,
    row.attributes,
    row.consent,
    row.consentAt,
    row.updatedAt,
    ...(row.method === null && row.optOuts === undefined ? [] : [row.method]),
    ...(row.optOuts === undefined ? [] : [row.optOuts.map((o) => [o.scope, o.name])]),
  ]);

export function spoolRow(text: string): SpooledRow {
  const [id, identifiers, attributes, consent, consentAt, updatedAt, method, outs] = JSON.parse(text) as [
    string,
    SpooledRow["identifiers"],
    SpooledRow["attributes"],
    ConsentState,
    Instant | null,
    Instant | null,
    (string | null)?,
    [OptOutScope["scope"], string | null][]?,
  ];
  return {
    id,
    identifiers,
    attributes,
    consent,
    consentAt,
    updatedAt,
    method: method ?? null,
    ...(outs === undefined ? {} : { optOuts: outs.map(([scope, name]) => ({ scope, name })) }),
  };
}

export class SpoolWriter {
  readonly #file: AtomicFile;
  readonly #key: Uint8Array;
  readonly #name: Uint8Array;
  /** Random for each file; its last two bytes are the block's number, so that no nonce repeats. */
  readonly #iv: Uint8Array;
  readonly #lengths = new Uint32Array(PARTITIONS);
  #partition = 0;

  private constructor(file: AtomicFile, keys: Keys, iv: Uint8Array, name: Uint8Array) {
    this.#file = file;
    this.#key = keys.seal;
    this.#iv = iv;
    this.#name = name;
  }

  static async create(
    path: string,
    keys: Keys,
    randomBytes: (n: number) => Uint8Array,
  ): Promise<SpoolWriter> {
    const file = await AtomicFile.create(path);
    const name = randomBytes(16);
    await file.write(new Uint8Array(Uint32Array.of(MAGIC, VERSION).buffer));
    await file.write(name);
    return new SpoolWriter(file, keys, randomBytes(IV_BYTES), name);
  }

  /** @param keys four words a person, sorted; @param texts their rows in the same order */
  async write(keys: Uint32Array, texts: readonly Uint8Array[]): Promise<void> {
    const block = this.#partition++;
    if (texts.length === 0) return;
    const offsets = new Uint32Array(texts.length + 1);
    for (const [i, text] of texts.entries()) offsets[i + 1] = (offsets[i] as number) + text.length;
    const sealed = this.#seal(
      Buffer.concat([bytesOf(Uint32Array.of(texts.length)), bytesOf(keys), bytesOf(offsets), ...texts]),
      block,
    );
    this.#lengths[block] = sealed.length;
    await this.#file.write(sealed);
  }

  #seal(plain: Uint8Array, block: number): Buffer {
    const iv = Buffer.from(this.#iv);
    iv.writeUInt16BE(block, IV_BYTES - 2);
    return sealBytes(this.#key, iv, plain, context(this.#name, block));
  }

  async commit(): Promise<void> {
    await this.#file.write(this.#seal(bytesOf(this.#lengths), DIRECTORY));
    await this.#file.commit({ durable: false });
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

const FIX = "read the segment again: the next audit writes a new spool";
const damaged = (path: string, what: string, cause?: unknown): AuditorError =>
  new AuditorError("bad_data", path, what, FIX, { cause });

/** @throws AuditorError not_found (rows are kept for some days only) or bad_data */
export async function openSpool(path: string, keys: Keys): Promise<Spool> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    throw new AuditorError("not_found", path, "the rows of this snapshot are not kept any more", FIX, {
      cause,
    });
  }
  try {
    const { size } = await handle.stat();
    if (size < HEAD_BYTES + DIRECTORY_BYTES) throw damaged(path, "the spool is cut off");
    const head = await readAt(handle, 0, HEAD_BYTES, path);
    if (head.readUInt32LE(0) !== MAGIC || head.readUInt32LE(4) !== VERSION)
      throw damaged(path, "this is not a spool of this version");
    const name = head.subarray(8);
    const directory = opened(
      await readAt(handle, size - DIRECTORY_BYTES, DIRECTORY_BYTES, path),
      keys,
      name,
      DIRECTORY,
      path,
    );
    const offsets = [HEAD_BYTES];
    for (let p = 0; p < PARTITIONS; p++) offsets.push((offsets[p] as number) + directory.readUInt32LE(4 * p));
    if (offsets[PARTITIONS] !== size - DIRECTORY_BYTES)
      throw damaged(path, "the spool is cut off or damaged");
    return spool(handle, path, keys, name, offsets);
  } catch (e) {
    await handle.close();
    throw e;
  }
}

async function readAt(handle: FileHandle, offset: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw damaged(path, "the spool is cut off");
    done += bytesRead;
  }
  return bytes;
}

function opened(sealed: Buffer, keys: Keys, name: Uint8Array, block: number, path: string): Buffer {
  try {
    return openBytes(keys.seal, sealed, context(name, block));
  } catch (cause) {
    throw damaged(path, "the spool was cut off or changed, or sealed with another secret", cause);
  }
}

function spool(
  handle: FileHandle,
  path: string,
  keys: Keys,
  name: Uint8Array,
  offsets: readonly number[],
): Spool {
  const block = async (p: number): Promise<Buffer | null> => {
    const from = offsets[p] as number;
    const length = (offsets[p + 1] as number) - from;
    return length === 0 ? null : opened(await readAt(handle, from, length, path), keys, name, p, path);
  };
  return {
    async lookup(people) {
      const found = new Map<PersonKey, SpooledRow>();
      for (const [p, asked] of byPartition(people)) {
        const plain = await block(p);
        if (plain !== null) find(plain, asked, found);
      }
      return found;
    },
    close: () => handle.close(),
  };
}

const partitionOf = (person: PersonKey): number => Number.parseInt(person.slice(0, PARTITION_BITS / 4), 16);

function byPartition(people: readonly PersonKey[]): Map<number, PersonKey[]> {
  const groups = new Map<number, PersonKey[]>();
  for (const person of people) {
    const p = partitionOf(person);
    const list = groups.get(p);
    if (list) list.push(person);
    else groups.set(p, [person]);
  }
  return groups;
}

function find(block: Buffer, asked: readonly PersonKey[], found: Map<PersonKey, SpooledRow>): void {
  const words = new Uint32Array(new Uint8Array(block).buffer, 0, block.length >>> 2);
  const n = words[0] as number;
  const offsetsAt = 1 + 4 * n;
  const textsAt = 4 * (offsetsAt + n + 1);
  for (const person of asked) {
    const key = wordsOfHex(person);
    let low = 0;
    for (let high = n; low < high; ) {
      const middle = (low + high) >>> 1;
      if (compareKeys(words, 1 + 4 * middle, key, 0) < 0) low = middle + 1;
      else high = middle;
    }
    if (low === n || compareKeys(words, 1 + 4 * low, key, 0) !== 0) continue;
    const from = textsAt + (words[offsetsAt + low] as number);
    const to = textsAt + (words[offsetsAt + low + 1] as number);
    found.set(person, spoolRow(block.toString("utf8", from, to)));
  }
}
