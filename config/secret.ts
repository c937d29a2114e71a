import { isAbsolute, join } from "node:path";
import type { SecretRef } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";

export type SecretSource = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a file as UTF-8; throws when it cannot. */
  readFile(path: string): Promise<string>;
  /** Folder of the configuration file; relative `${file:…}` start there. */
  readonly folder: string;
  /** Where each reference stands, `file:line:col`, for messages. */
  readonly places: ReadonlyMap<string, string>;
};

const REFERENCE = /^\$\{(env|file):([^}\n]+)\}$/;

/**
 * The secret itself, read now: it is kept nowhere, so a rotated secret works from the next call on.
 * Files lose their trailing line break. Throws `config`, naming the place and never the value.
 *
 * @example await resolveSecret("${env:WAREHOUSE_DSN}" as SecretRef, source)
 */
export async function resolveSecret(ref: SecretRef, source: SecretSource): Promise<string> {
  const where = source.places.get(ref) ?? "configuration";
  const [, kind, name] = REFERENCE.exec(ref) ?? [];
  if (kind === undefined || name === undefined) {
    throw new AuditorError("config", where, "a secret is not a reference", "use ${env:NAME} or ${file:PATH}");
  }
  if (kind === "env") {
    const value = Object.hasOwn(source.env, name) ? source.env[name] : undefined;
    if (value !== undefined && value !== "") return value;
    const state = value === undefined ? "not set" : "empty";
    throw new AuditorError(
      "config",
      where,
      `the environment variable ${name} is ${state}`,
      `set ${name} and start again`,
    );
  }
  const path = isAbsolute(name) ? name : join(source.folder, name);
  let content: string;
  try {
    content = await source.readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new AuditorError(
      "config",
      where,
      `the secret file ${path} cannot be read (${code})`,
      "create it, readable for the user that runs Plumbline",
      { cause },
    );
  }
  const value = content.replace(/\r?\n$/, "");
  if (value === "")
    throw new AuditorError("config", where, `the secret file ${path} is empty`, "write the secret into it");
  return value;
}

const SECRET_SHAPES: readonly RegExp[] = [
  /^[a-z][a-z0-9+]*:\/\/[^/\s:@]*:[^/\s@]+@/i, // address with a password in it
  /\bxox[abeoprs]-[A-Za-z0-9-]{8,}/, // Slack
  /^[0-9a-f]{24}:[0-9a-f]{64}$/i, // Ghost admin key
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** Does this text look like a secret that stands where none belongs? */
export const looksSecret = (text: string): boolean => SECRET_SHAPES.some((shape) => shape.test(text));
