import { open, readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type KnownChecks, type Loaded, type LoadResult, loadConfig } from "./load.ts";
import { type ConfigProblem, configError } from "./problem.ts";
import type { SecretSource } from "./secret.ts";

const MAX_BYTES = 1024 * 1024;

export type ReadConfig = Loaded & {
  /** Absolute path. */
  readonly path: string;
  /** Folder of the file; relative paths in it start here. */
  readonly folder: string;
};

/** Reads and checks one configuration file. Every way it can fail is a problem with a place, none is thrown. */
export async function readConfig(
  path: string,
  checks?: KnownChecks,
): Promise<({ ok: true } & ReadConfig) | { ok: false; problems: readonly ConfigProblem[] }> {
  const absolute = resolve(path);
  const file = basename(absolute);
  const bytes = await readLimited(absolute, file);
  if (!("length" in bytes)) return { ok: false, problems: [bytes] };
  const text = decode(bytes, file);
  if (typeof text !== "string") return { ok: false, problems: [text] };
  const result: LoadResult = loadConfig(text, checks ? { file, checks } : { file });
  return result.ok ? { ...result, path: absolute, folder: dirname(absolute) } : result;
}

/** Like `readConfig`, for commands that cannot go on without. Throws `config` with all problems in its message. */
export async function requireConfig(path: string, checks?: KnownChecks): Promise<ReadConfig> {
  const result = await readConfig(path, checks);
  if (!result.ok) throw configError(result.problems);
  return result;
}

/** Secrets of this configuration from this environment. */
export const secretsOf = (loaded: ReadConfig, env: SecretSource["env"]): SecretSource => ({
  env,
  folder: loaded.folder,
  places: loaded.places,
  readFile: (path) => readFile(path, "utf8"),
});

async function readLimited(path: string, file: string): Promise<Buffer | ConfigProblem> {
  try {
    const handle = await open(path, "r");
    try {
      const { size } = await handle.stat();
      if (size > MAX_BYTES) {
        const mb = (size / MAX_BYTES).toFixed(1);
        return {
          file,
          line: 1,
          column: 1,
          problem: `the file is ${mb} MB; at most 1 MB is read`,
          fix: "is this the right file?",
        };
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ENOENT")
      return {
        file,
        line: 1,
        column: 1,
        problem: `no such file: ${path}`,
        fix: "check the path, or write a first one with `plumbline init`",
      };
    if (code === "EISDIR")
      return { file, line: 1, column: 1, problem: `${path} is a folder`, fix: "name the YAML file in it" };
    if (code === "EACCES")
      return {
        file,
        line: 1,
        column: 1,
        problem: `${path} may not be read`,
        fix: "give this user the right to read it",
      };
    throw cause;
  }
}

/** UTF-8 with or without a byte order mark; anything else is named with its place. */
export function decode(bytes: Buffer, file: string): string | ConfigProblem {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { file, line: 1, column: 1, problem: "the file is UTF-16", fix: "save it as UTF-8" };
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { file, ...firstBadByte(bytes), problem: "the file is not UTF-8 here", fix: "save it as UTF-8" };
  }
}

function firstBadByte(bytes: Buffer): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== 0x0a) continue;
    const written = bytes.subarray(start, i);
    const text = written.toString("utf8");
    if (!Buffer.from(text, "utf8").equals(written)) {
      return { line, column: text.indexOf("\ufffd") + 1 };
    }
    line += 1;
    start = i + 1;
  }
  return { line: 1, column: 1 };
}
