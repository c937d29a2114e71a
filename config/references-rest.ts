import type { JsonTemplate } from "../core/rest-config.ts";
import { namesIn } from "../core/rest-template.ts";
import type { RestEntry } from "./build-rest.ts";
import type { Path } from "./document.ts";
import type { Report } from "./references.ts";
import { checkCall } from "./references-rest-call.ts";
import { checkPaths } from "./references-rest-paths.ts";
import { checkWrite } from "./references-rest-write.ts";
import type { ConfigFile } from "./schema.ts";
import type { RestReadEntry } from "./schema-rest.ts";
import { meant } from "./suggest.ts";

/** Kinds of segment that have a name, which templates can use. */
export const NAMED = ["list", "segment", "tag", "subscribed"] as const;
const isNamed = (name: string): name is (typeof NAMED)[number] => NAMED.some((n) => n === name);

/** Paths, templates and combinations of all `rest` systems. Expects a file that fits the schema. */
export function checkRest(file: ConfigFile, report: Report): void {
  for (const [i, system] of file.systems.entries()) {
    if (system.kind !== "rest") continue;
    checkSystem(system, ["systems", i], report);
    for (const [j, audience] of file.audiences.entries())
      for (const [k, segment] of audience.segments.entries()) {
        const source = [...NAMED, "suppressed", "all"].find((key) => Object.hasOwn(segment, key));
        if (segment.system === system.id && source !== undefined && !Object.hasOwn(system.read, source))
          report(
            ["audiences", j, "segments", k, source],
            `${system.id} does not say how to read ${source}`,
            `add ${source} under read of ${system.id}`,
            system.read,
          );
      }
  }
}

function checkSystem(s: RestEntry, at: Path, report: Report): void {
  checkPaths(s, at, report);
  const { record } = s;
  if (!["email", "phone", "customer_id"].some((k) => Object.hasOwn(record, k)))
    report(
      [...at, "record"],
      `the records of ${s.id} have no identifier`,
      "add email, phone or customer_id",
      record,
    );
  for (const [i, rule] of (record.consent ?? []).entries()) {
    const here = [...at, "record", "consent", i];
    const words = Object.values(rule.words ?? {}).flatMap((w) =>
      w.map((x) => String(x).trim().toLowerCase()),
    );
    const twice = words.find((w, n) => words.indexOf(w) < n);
    if (twice !== undefined)
      report([...here, "words"], `the word “${twice}” means two things`, "keep it in one state");
    if (rule.words === undefined && rule.set === undefined)
      report(here, "this rule says nothing", "add words or set", rule);
  }
  for (const [name, value] of Object.entries(s.headers ?? {})) {
    if (!/^[A-Za-z0-9-]+$/.test(name) || /^(authorization|cookie|host|content-length)$/i.test(name))
      report([...at, "headers", name], `${name} cannot be a fixed header`, "use auth, or another name");
    else if (/[^\x20-\x7e]/.test(value))
      report([...at, "headers", name], `${name} holds characters that no header can carry`, "correct it");
  }
  for (const [name, read] of Object.entries(s.read)) checkRead(name, read, [...at, "read", name], report);
  if (s.auth.kind === "login") checkLogin(s.auth.body, [...at, "auth", "body"], report);
  if (s.write !== undefined) checkWrite(s, s.write, [...at, "write"], report);
  if (s.write?.auth.kind === "login") checkLogin(s.write.auth.body, [...at, "write", "auth", "body"], report);
}

function checkLogin(body: JsonTemplate, at: Path, report: Report): void {
  for (const name of namesIn(body))
    if (name !== "user" && name !== "password")
      report(at, `{{${name}}} has no value here`, meant(name, ["user", "password"]));
}

function checkRead(name: string, r: RestReadEntry, at: Path, report: Report): void {
  const named = isNamed(name) ? [name] : [];
  checkCall(r, named, at, report);
  const used = namesIn([r.get ?? r.post ?? "", (r.query ?? {}) as JsonTemplate, r.body ?? null]);
  if (named.length > 0 && name !== "subscribed" && used.length === 0 && r.only === undefined)
    report(at, `every ${name} would be read alike`, `use {{${name}}} in the call, or only`, r);
  const p = r.paging;
  if (p.kind === "cursor" && (p.cursor === undefined) === (p.cursor_header === undefined))
    report([...at, "paging"], "a cursor stands in one place", "give cursor or cursor_header", p);
  const byHeader =
    p.kind === "link_header" ||
    p.kind === "next_url" ||
    (p.kind === "cursor" && p.cursor_header !== undefined);
  if (r.post !== undefined && (byHeader || p.total_header !== undefined))
    report(
      [...at, "paging"],
      "a list read by POST pages by its body",
      "use a cursor, offset or page in the body",
    );
  if (r.lookup !== undefined) {
    const ids = (r.lookup.batch ?? 1) > 1 ? "ids" : "id";
    checkCall(r.lookup, [...named, ids], [...at, "lookup"], report);
    const inCall = namesIn([
      r.lookup.get ?? r.lookup.post ?? "",
      (r.lookup.query ?? {}) as JsonTemplate,
      r.lookup.body ?? null,
    ]);
    if (!inCall.includes(ids))
      report([...at, "lookup"], "the look-up does not say whom", `use {{${ids}}}`, r.lookup);
  }
}
