import { AuditorError } from "../../core/errors.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import { HTTP_DEFAULTS } from "../../systems/http/settings.ts";
import { sortAnswer } from "../../systems/http/sort-answer.ts";
import type { Recording } from "./recording.ts";

/** Reads the body of a successful answer as our connector does. @throws AuditorError when it cannot */
export type Parser = (body: unknown, where: string) => unknown;
/** For answers whose body our code does not look at. */
export const nothing: Parser = () => null;
export type Operation = {
  readonly method: string;
  /** `/3.0/lists/{id}`: a name in braces stands for one part. */
  readonly path: string;
  readonly parse: Parser;
};
export type Vendor = {
  readonly name: string;
  readonly host: RegExp;
  readonly operations: readonly Operation[];
};

/** `unused`: of a supported vendor, by an operation that no connector of ours uses, or asked for other fields than ours. */
export type Verdict = {
  readonly vendor: string | null;
  readonly method: string;
  /** Without what could name a person. */
  readonly path: string;
  readonly status: number;
} & (
  | { readonly is: "parsed" | "error" | "unused" | "other_vendor" }
  | { readonly is: "not_accepted"; readonly because: string }
);

/** What our code makes of one recorded answer. */
export function judge(recording: Recording, vendors: readonly Vendor[]): Verdict {
  const vendor = vendors.find((v) => v.host.test(recording.host)) ?? null;
  const operation =
    vendor?.operations.find((o) => o.method === recording.method && fits(o.path, recording.path)) ?? null;
  const about = {
    vendor: vendor?.name ?? null,
    method: recording.method,
    path: operation?.path ?? pattern(recording.path),
    status: recording.status,
  };
  if (vendor === null) return { ...about, is: "other_vendor" };
  try {
    if (recording.status >= 300) return { ...about, ...refusal(recording, vendor.name) };
    const page = typeof recording.response === "string" && /^\s*</.test(recording.response);
    if (page) return { ...about, is: "not_accepted", because: "a web page instead of JSON" };
    if (operation === null) return { ...about, is: "unused" };
    const empty = recording.response === "" || recording.status === 204;
    operation.parse(empty ? null : recording.response, vendor.name);
    return { ...about, is: "parsed" };
  } catch (error) {
    if (recording.pruned && error instanceof AuditorError) return { ...about, is: "unused" };
    // our own errors hold no personal data; of any other only its name is sure to hold none
    const because =
      error instanceof AuditorError
        ? error.message
        : `the parser broke (${error instanceof Error ? error.name : "?"})`;
    return { ...about, is: "not_accepted", because };
  }
}

/** An answer that is no success must get a meaning: which kind of error it is, and for a 429 how long to wait. */
function refusal(r: Recording, where: string): { is: "error" } | { is: "not_accepted"; because: string } {
  const text = typeof r.response === "string" ? r.response : JSON.stringify(r.response);
  const url = new URL("https://recorded.invalid/");
  const fail = (
    kind: AuditorError["kind"],
    what: string,
    fix: string,
    effect: "none" | "unknown",
  ): Exchange => ({
    ok: false,
    status: r.status,
    body: null,
    effect,
    skewMs: null,
    error: new AuditorError(kind, where, what, fix),
  });
  const sorted = sortAnswer(
    {
      where,
      baseUrl: url.href,
      headers: () => ({}),
      clock: { now: () => new Date(0) },
      authFix: "",
      random: () => 0,
      sleep: async () => undefined,
      ...HTTP_DEFAULTS,
    },
    { method: "GET", url, body: null, reads: true, signal: new AbortController().signal, skewMs: 0 },
    new Response(null, { status: r.status, headers: answerHeaders(r) }),
    text,
    fail,
  );
  if (sorted.ok) return { is: "not_accepted", because: "taken for a success" };
  return sorted.error.kind === "bad_data"
    ? { is: "not_accepted", because: sorted.error.message }
    : { is: "error" };
}

/** Recorded headers can hold what a Headers object refuses; only these are looked at. */
function answerHeaders(r: Recording): Headers {
  const headers = new Headers();
  for (const name of ["retry-after", "date", "location"]) {
    const value = r.headers[name];
    if (value !== undefined && /^[\x20-\x7e]*$/.test(value)) headers.set(name, value);
  }
  return headers;
}

function fits(template: string, path: string): boolean {
  const [a, b] = [template.split("/"), path.replace(/\/$/, "").split("/")];
  return a.length === b.length && a.every((part, i) => (part.startsWith("{") ? b[i] !== "" : part === b[i]));
}

/** Keeps words and versions; ids, addresses and names become `…`. */
const pattern = (path: string): string =>
  path
    .split("/")
    .map((part) => (part === "" || /^([a-z]+([_-][a-z]+)*|v\d+|\d\.\d)$/.test(part) ? part : "…"))
    .join("/");
