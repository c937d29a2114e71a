import type { Static } from "typebox";
import type { ErrorBody } from "../../app/api/contract.ts";

type Body = Static<typeof ErrorBody>;

/** What the server said when it refused. `status` 0: it did not answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly kind: string;
  readonly fix: string;
  readonly requestId: string | null;

  constructor(status: number, body: Body["error"] | null) {
    super(body?.message ?? (status === 0 ? "The server does not answer." : `The server answered ${status}.`));
    this.name = "ApiError";
    this.status = status;
    this.kind = body?.kind ?? "transient";
    this.fix =
      body?.fix ?? (status === 0 ? "Check that Plumbline is running, then try again." : "Try again.");
    this.requestId = body?.requestId ?? null;
  }
}

const sentence = (text: string): string => {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}`;
};

/** What happened and what to do, as two sentences. */
export function said(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something in this page failed. Reload it.";
  return error.fix === error.message
    ? sentence(error.message)
    : `${sentence(error.message)} ${sentence(error.fix)}`.trim();
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  if (!text.startsWith("{")) return new ApiError(response.status, null);
  const parsed = JSON.parse(text) as Partial<Body>;
  return new ApiError(response.status, parsed.error ?? null);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, { ...init, credentials: "same-origin" }).catch(
    (cause: unknown) => {
      if (init.signal?.aborted) throw cause;
      throw new ApiError(0, null);
    },
  );
  if (!response.ok) throw await refusal(response);
  return response;
}

const OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Characters that turn the direction of text around are shown as �: inside a sentence of ours such a name could
 * otherwise reverse the numbers that follow it. Names in right-to-left scripts do not need them.
 */
export const parse = <T>(text: string): T =>
  JSON.parse(text, (_key, value: unknown) =>
    typeof value === "string" ? value.replace(OVERRIDES, "\ufffd") : value,
  ) as T;

/** @throws ApiError */
export async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await send(path, { signal, headers: { accept: "application/json" } });
  return parse<T>(await response.text());
}

/**
 * A request that changes something. The header is what a foreign page cannot send.
 * @throws ApiError
 */
export const post = <T>(path: string, body: unknown = {}): Promise<T | null> => change("POST", path, body);

/** The same for what is set rather than done. */
export const put = <T>(path: string, body: unknown): Promise<T | null> => change("PUT", path, body);

async function change<T>(method: "POST" | "PUT", path: string, body: unknown): Promise<T | null> {
  const response = await send(path, {
    method,
    headers: { accept: "application/json", "content-type": "application/json", "x-plumbline": "1" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return text === "" ? null : parse<T>(text);
}

/** Query string of what is set; empty values are left out. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
