import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { TestDatabase } from "../setup/database.ts";

/** One place where personal data must not be: its name and everything in it. */
export type Straw = { readonly place: string; readonly content: string | Buffer };

const HASHES = ["md5", "sha1", "sha256", "sha512"] as const;

/** The word as it may stand in text or bytes, all lower-case: plain, in other encodings, and as an unkeyed hash. */
function disguises(word: string): Map<string, string> {
  const found = new Map<string, string>();
  const lower = word.toLowerCase();
  found.set(lower, "plain");
  found.set(Buffer.from(lower).toString("hex"), "hex");
  found.set(Buffer.from(lower, "utf16le").toString("hex"), "hex of UTF-16");
  for (const text of new Set([word, lower, word.toUpperCase()])) {
    for (let shift = 0; shift < 3; shift++) {
      // only the characters that depend on the word alone, whatever stands around it
      const whole = Buffer.from("\0".repeat(shift) + text).toString("base64");
      const own = whole
        .slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + Buffer.byteLength(text)) * 8) / 6))
        .replaceAll("=", "");
      found.set(own.toLowerCase(), "base64");
      found.set(own.replaceAll("+", "-").replaceAll("/", "_").toLowerCase(), "base64url");
    }
    for (const h of HASHES) {
      const digest = createHash(h).update(text).digest();
      found.set(digest.toString("hex"), `unkeyed ${h}`);
      found.set(digest.toString("base64url").toLowerCase(), `unkeyed ${h}`);
    }
  }
  return found;
}

const fromCode = (code: number): string => (code > 0 && code < 0x11_0000 ? String.fromCodePoint(code) : "");

/** The text as it is, and as every reader of a usual encoding would see it. */
function readings(content: string | Buffer): string[] {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const text = bytes.toString("latin1");
  const unfolded = text.replace(/=\r?\n/g, "");
  return [
    text,
    bytes.toString("utf8"),
    text.replaceAll("\0", ""), // UTF-16
    unfolded.replace(/=([0-9a-f]{2})/gi, (_, h: string) => fromCode(Number.parseInt(h, 16))),
    text.replace(/%([0-9a-f]{2})/gi, (_, h: string) => fromCode(Number.parseInt(h, 16))),
    text.replace(/\\u([0-9a-f]{4})/gi, (_, h: string) => fromCode(Number.parseInt(h, 16))),
    text.replace(/&#(x?)([0-9a-f]+);/gi, (_, x: string, n: string) =>
      fromCode(Number.parseInt(n, x === "" ? 10 : 16)),
    ),
    text.replace(/\\x([0-9a-f]{2,})/gi, (_, h: string) => Buffer.from(h, "hex").toString("latin1")), // bytea as Postgres prints it
    text.replace(/\s/g, ""), // base64 in lines
  ].map((t) => t.toLowerCase());
}

/**
 * Where any of these words stands, in whatever spelling. Answers places and encodings; the word itself only by number, so
 * that a failing test does not spread what it found.
 */
export function leaks(haystack: readonly Straw[], words: readonly string[]): string[] {
  const found = new Set<string>();
  const wanted = words.map(disguises);
  for (const { place, content } of haystack) {
    const texts = [...new Set(readings(content))];
    for (const [i, spellings] of wanted.entries()) {
      for (const [spelling, how] of spellings) {
        const text = texts.find((t) => t.includes(spelling));
        if (text !== undefined)
          found.add(
            `${place}: word ${i}, ${how}: …${text.slice(Math.max(0, text.indexOf(spelling) - 60), text.indexOf(spelling))}HERE`,
          );
      }
    }
  }
  return [...found];
}

/** Every row of every table, as text. */
export async function databaseStraws(database: TestDatabase): Promise<Straw[]> {
  const { rows: tables } = await database.db.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
  );
  const straws: Straw[] = [];
  for (const { name } of tables) {
    const { rows } = await database.db.query<{ row: string }>(`select t::text as row from "${name}" as t`);
    straws.push({ place: `table ${name} (${rows.length} rows)`, content: rows.map((r) => r.row).join("\n") });
  }
  return straws;
}

/** Every file below a folder. */
export async function fileStraws(folder: string, leaveOut: (path: string) => boolean): Promise<Straw[]> {
  const straws: Straw[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (leaveOut(name)) continue;
    straws.push({ place: `name of ${entry.isFile() ? "file" : "folder"}`, content: name });
    if (entry.isFile()) straws.push({ place: `file ${name}`, content: await readFile(path) });
  }
  return straws;
}
