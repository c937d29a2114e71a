import { type FileHandle, open } from "node:fs/promises";
import type {
  ConsentRecord,
  ConsentState,
  IdentifierKind,
  Instant,
  MemberRow,
  PersonKey,
} from "../core/model.ts";
import type { Keys } from "./keys.ts";
import { sortedKeys } from "./sorted-keys.ts";
import { type FoundRows, SpoolBlocks, type SpoolRows } from "./spool-blocks.ts";
import {
  DIRECTORY_BYTES,
  decodeSpoolDirectory,
  HEAD_BYTES,
  SPOOL_MAGIC,
  SPOOL_VERSION,
  SpoolSeal,
  spoolDamaged,
  spoolGone,
  spoolKey,
} from "./spool-file.ts";
import { findByThreads, worthThreads } from "./spool-threads.ts";

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
  readonly partitions: number;
  /** Everybody of one partition, their rows still as text. @throws as `lookup` */
  rows(p: number): SpoolRows;
  close(): Promise<void>;
};

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

const changed = (path: string, cause: unknown) =>
  spoolDamaged(path, "the spool was cut off or changed, or sealed with another secret", cause);

/** @throws AuditorError not_found (rows are kept for some days only) or bad_data */
export async function openSpool(path: string, keys: Keys): Promise<Spool> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    throw spoolGone(path, cause);
  }
  try {
    return await spool(handle, path, keys);
  } catch (e) {
    await handle.close();
    throw e;
  }
}

async function spool(handle: FileHandle, path: string, keys: Keys): Promise<Spool> {
  const { size } = await handle.stat();
  if (size < HEAD_BYTES + DIRECTORY_BYTES) throw spoolDamaged(path, "the spool is cut off");
  const head = await readAt(handle, 0, HEAD_BYTES, path);
  if (head.readUInt32LE(0) !== SPOOL_MAGIC || head.readUInt32LE(4) !== SPOOL_VERSION)
    throw spoolDamaged(path, "this is not a spool of this version");
  const key = spoolKey(keys, head.subarray(8));
  const proven = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw changed(path, cause);
    }
  };
  const end = await readAt(handle, size - DIRECTORY_BYTES, DIRECTORY_BYTES, path);
  const places = proven(() => decodeSpoolDirectory(end, new SpoolSeal(key)));
  const blocks = new SpoolBlocks(handle.fd, key, places);
  return {
    async lookup(people) {
      const asked = sortedKeys(people);
      const rows = new Map<PersonKey, SpooledRow>();
      const take = (p: number, found: FoundRows): void => {
        const texts = Buffer.from(found.texts.buffer, found.texts.byteOffset, found.texts.byteLength);
        for (let i = 0, from = 0; i < found.asked.length; i++) {
          const to = found.ends[i] as number;
          rows.set(asked.person(p, found.asked[i] as number), spoolRow(texts.toString("utf8", from, to)));
          from = to;
        }
      };
      if (worthThreads(people.length)) {
        await findByThreads({ fd: handle.fd, key, places, asked }, take).catch((cause: unknown) => {
          throw changed(path, cause);
        });
        return rows;
      }
      for (const p of asked.partitions) {
        take(
          p,
          proven(() => blocks.find(p, asked.keys(p))),
        );
        // thousands of people take a while, and the process has others to answer
        await new Promise(setImmediate);
      }
      return rows;
    },
    partitions: places.length,
    rows: (p) => proven(() => blocks.rows(p)),
    close: () => handle.close(),
  };
}

async function readAt(handle: FileHandle, offset: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw spoolDamaged(path, "the spool is cut off");
    done += bytesRead;
  }
  return bytes;
}
