import type { Answer } from "../sim/server.ts";

export type ErrorItem = {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** JSON pointer into the request, `/data/attributes/email`. */
  readonly pointer?: string;
  /** Name of the query parameter or header. */
  readonly parameter?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
};

/** What Klaviyo answers instead of data: `{errors: [{id, status, code, title, detail, source, links, meta}]}`. */
export class ApiError extends Error {
  readonly status: number;
  readonly items: readonly ErrorItem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, items: readonly ErrorItem[], headers: Readonly<Record<string, string>> = {}) {
    super(items[0]?.detail ?? String(status));
    this.status = status;
    this.items = items;
    this.headers = headers;
  }

  answer(): Answer {
    return {
      status: this.status,
      headers: { "content-type": "application/vnd.api+json", ...this.headers },
      body: {
        errors: this.items.map((item, i) => ({
          id: `5c3a1f00-0000-4000-8000-${String(i).padStart(12, "0")}`,
          status: this.status,
          code: item.code,
          title: item.title,
          detail: item.detail,
          source:
            item.parameter === undefined
              ? { pointer: item.pointer ?? "/data" }
              : { parameter: item.parameter },
          links: {},
          meta: item.meta ?? {},
        })),
      },
    };
  }
}

export const invalid = (detail: string, pointer: string): ApiError =>
  new ApiError(400, [{ code: "invalid", title: "Invalid input.", detail, pointer }]);

export const badParameter = (detail: string, parameter: string): ApiError =>
  new ApiError(400, [{ code: "invalid", title: "Invalid input.", detail, parameter }]);

export const notFound = (what: string, id: string, pointer = "/data/id"): ApiError =>
  new ApiError(404, [
    { code: "not_found", title: "Not found.", detail: `A ${what} with id ${id} does not exist.`, pointer },
  ]);

export const duplicateProfile = (id: string): ApiError =>
  new ApiError(409, [
    {
      code: "duplicate_profile",
      title: "Conflict.",
      detail: "A profile already exists with one of these identifiers.",
      pointer: "/data/attributes",
      meta: { duplicate_profile_id: id },
    },
  ]);

export const throttled = (seconds: number): ApiError =>
  new ApiError(
    429,
    [
      {
        code: "throttled",
        title: "Request was throttled.",
        detail: `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? "" : "s"}.`,
      },
    ],
    { "retry-after": String(seconds) },
  );

const WORDS: Readonly<Record<number, readonly [code: string, title: string]>> = {
  401: ["not_authenticated", "Authentication credentials were not provided."],
  403: ["permission_denied", "You do not have permission to perform this action."],
  404: ["not_found", "Not found."],
  405: ["method_not_allowed", "Method not allowed."],
  429: ["throttled", "Request was throttled."],
};

/** Klaviyo's wording for a plain status. */
export function plainError(status: number, detail: string): ApiError {
  const [code, title] = WORDS[status] ?? ["error", "A server error occurred."];
  return new ApiError(status, [{ code, title, detail }]);
}
