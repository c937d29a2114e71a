export type ErrorKind =
  | "auth"
  | "config"
  | "rate_limited"
  | "transient"
  | "permanent"
  | "unsupported"
  | "ambiguous"
  | "bad_data"
  | "not_allowed"
  | "stale"
  | "refused"
  | "not_found"
  | "interrupted";

/**
 * The one error of the program. Code reads `kind`, never `message`.
 *
 * `what` and `where` name the thing without personal data, `fix` says what to do:
 * "klaviyo: the key was refused (401) → renew KLAVIYO_KEY".
 */
export class AuditorError extends Error {
  readonly kind: ErrorKind;
  readonly where: string;
  readonly fix: string;
  /** Earliest moment for another try, in milliseconds from now; null when unknown or pointless. */
  readonly retryAfterMs: number | null;
  /** HTTP status of the answer that it tells of; null: it tells of none. */
  readonly status: number | null;

  constructor(
    kind: ErrorKind,
    where: string,
    what: string,
    fix: string,
    options: { cause?: unknown; retryAfterMs?: number; status?: number } = {},
  ) {
    super(`${where}: ${what} → ${fix}`, { cause: options.cause });
    this.name = "AuditorError";
    this.kind = kind;
    this.where = where;
    this.fix = fix;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.status = options.status ?? null;
  }
}

export const isKind = (e: unknown, ...kinds: readonly ErrorKind[]): e is AuditorError =>
  e instanceof AuditorError && kinds.includes(e.kind);
