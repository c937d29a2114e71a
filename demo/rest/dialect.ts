import type { Answer, Call } from "../sim/server.ts";
import type { ContactStore } from "./store.ts";

/** What one invented vendor is like: how one signs in, its paths, its paging, its way to write. */
export type Dialect = {
  readonly name: string;
  /** Largest page, whatever is asked for. */
  readonly pageSize: number;
  /** Does this path list records? */
  lists(method: string, path: string): boolean;
  writes(method: string, path: string): boolean;
  /** Throws ApiError where a request is refused. */
  handle(call: Call, store: ContactStore): Answer;
};

/** An answer that is an error of the vendor. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export const notFound = (): ApiError => new ApiError(404, "not_found");

export function jsonOf(call: Call): Readonly<Record<string, unknown>> {
  const parsed: unknown = call.body.length === 0 ? {} : JSON.parse(call.body.toString("utf8"));
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new ApiError(400, "bad_body");
  return parsed as Readonly<Record<string, unknown>>;
}

export const textsOf = (v: unknown): readonly string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === "string") : [];

/** The parts of a path, decoded: `/lists/a%2Fb/x` → ["lists", "a/b", "x"]. */
export const partsOf = (path: string): readonly string[] =>
  path
    .split("/")
    .filter((p) => p !== "")
    .map(decodeURIComponent);

export const sizeOf = (call: Call, name: string, most: number): number =>
  Math.min(most, Math.max(1, Number(call.query.get(name) ?? most) || most));

/** Tokens that a vendor gave out. */
export class Tokens {
  #given = new Set<string>();
  #n = 0;
  give(): string {
    this.#n += 1;
    const token = `token-${this.#n}`;
    this.#given.add(token);
    return token;
  }
  check(header: string | undefined, prefix: string): void {
    if (header?.startsWith(prefix) !== true || !this.#given.has(header.slice(prefix.length)))
      throw new ApiError(401, "token_invalid");
  }
  /** All tokens are void from now on. */
  expire(): void {
    this.#given.clear();
  }
  get count(): number {
    return this.#n;
  }
}
