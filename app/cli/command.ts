import type { Readable, Writable } from "node:stream";

/** Everything a command may touch of its surroundings. Results go to stdout, everything else to stderr. */
export type CliIo = {
  /** Opened only by a command that reads it. */
  stdin(): Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Is stderr a terminal? Progress bars only then. */
  readonly isTTY: boolean;
  /** Aborted by Ctrl-C; long work stops at its next safe point and answers `EXIT.interrupted`. */
  readonly signal: AbortSignal;
  /** A command says here how it ended; the worst of all calls becomes the exit code. */
  exit(code: ExitCode): void;
};

/**
 * Exit codes in order of precedence: when several apply, the first listed wins.
 * `interrupted` is always safe to run again.
 */
export const EXIT = {
  interrupted: 130,
  usage: 64,
  error: 1,
  refused: 4,
  stale: 5,
  notAllowed: 6,
  findings: 2,
  partial: 3,
  noVerdict: 7,
  ok: 0,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const PRECEDENCE: readonly ExitCode[] = Object.values(EXIT);

/**
 * The one exit code for everything that happened in a run.
 *
 * @example worst([0, 3, 2]) // 2: findings matter more than a partial reading
 */
export function worst(codes: readonly ExitCode[]): ExitCode {
  for (const code of PRECEDENCE) if (codes.includes(code)) return code;
  return EXIT.ok;
}
