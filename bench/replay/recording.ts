import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { AuditorError } from "../../core/errors.ts";

/** One exchange that was recorded from a vendor. */
export type Recording = {
  /** Host name without scheme and port. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** Did the request ask for some of the fields only? Then the answer need not hold those that we ask for. */
  readonly pruned: boolean;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** "" where the answer had no body. */
  readonly response: unknown;
};

/** A line of a file, from 1; null: it is not a recording. */
export type Line = { readonly file: string; readonly line: number; readonly recording: Recording | null };

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/**
 * Every line of the .jsonl files of a folder and the folders in it, in the order of their names.
 *
 * @throws AuditorError not_found when there is no such folder, or no such file in it
 */
export async function* recordingsIn(folder: string): AsyncGenerator<Line> {
  for (const file of await filesIn(folder)) {
    const lines = createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Infinity });
    let line = 0;
    for await (const text of lines) {
      line++;
      if (text.trim() !== "") yield { file, line, recording: recordingOf(text) };
    }
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const none = (what: string, cause?: unknown): AuditorError =>
    new AuditorError(
      "not_found",
      folder,
      what,
      "name a folder of recorded exchanges, one JSON object a line",
      {
        cause,
      },
    );
  let files: string[];
  try {
    files = (await readdir(folder, { recursive: true })).filter((f) => f.endsWith(".jsonl"));
  } catch (cause) {
    throw none("there is no such folder", cause);
  }
  if (files.length === 0) throw none("the folder holds no .jsonl file");
  return files.toSorted();
}

function recordingOf(text: string): Recording | null {
  const o = parsed(text);
  if (!isObject(o) || typeof o.method !== "string" || typeof o.path !== "string") return null;
  if (typeof o.host !== "string" || typeof o.status !== "number" || !("response" in o)) return null;
  const host = o.host.includes("://") ? o.host : `https://${o.host}`;
  if (!URL.canParse(host)) return null;
  const headers = Object.entries(isObject(o.headers) ? o.headers : {});
  return {
    host: new URL(host).hostname,
    method: o.method.toUpperCase(),
    path: o.path.split(/[?#]/, 1)[0] ?? "",
    pruned: ["fields", "exclude_fields"].some((q) => isObject(o.query) && q in o.query),
    status: o.status,
    headers: Object.fromEntries(headers.map(([name, v]) => [name.toLowerCase(), String(v)])),
    response: unzipped(o.response),
  };
}

/** Recorders keep a compressed body as its bytes in hexadecimal. */
function unzipped(response: unknown): unknown {
  const parts: readonly unknown[] = Array.isArray(response) ? response : [response];
  const hex = parts.every((p) => typeof p === "string") ? parts.join("") : "";
  if (!/^1f8b[0-9a-f]+$/i.test(hex)) return response;
  try {
    const text = gunzipSync(Buffer.from(hex, "hex")).toString("utf8");
    return parsed(text) ?? text;
  } catch {
    return response; // no gzip after all, or cut: for the parser to judge as it is
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
