import type { JsonTemplate } from "../core/rest-config.ts";
import { namesByPlace, namesIn } from "../core/rest-template.ts";
import { verbsOf } from "./build-rest.ts";
import type { Path } from "./document.ts";
import type { Report } from "./references.ts";
import { meant } from "./suggest.ts";

type CallEntry = { readonly query?: object; readonly body?: JsonTemplate | undefined };

/** One verb, no body with a GET, and only names that have a value. `each`: names inside `{{each}}`. */
export function checkCall(
  call: CallEntry,
  allowed: readonly string[],
  at: Path,
  report: Report,
  each: readonly string[] = [],
): void {
  const verbs = verbsOf(call);
  const [verb] = verbs;
  if (verb === undefined) {
    report(at, "the call has no path", "add one of get, post, put, patch", call);
    return;
  }
  if (verbs.length > 1) report(at, `the call is given twice: ${verbs.join(" and ")}`, "keep one");
  if (verb === "get" && call.body !== undefined)
    report([...at, "body"], "a GET has no body", "use query, or post");
  const path = String(Object.entries(call).find(([key]) => key === verb)?.[1]);
  const check = (names: readonly string[], known: readonly string[], where: Path) => {
    for (const name of names)
      if (!known.includes(name))
        report(where, `{{${name}}} has no value here`, known.length === 0 ? "remove it" : meant(name, known));
  };
  check(namesIn(path), allowed, [...at, verb]);
  check(namesIn((call.query ?? {}) as JsonTemplate), allowed, [...at, "query"]);
  const body = namesByPlace(call.body);
  check(body.once, each.length > 0 ? [...allowed, "each"] : allowed, [...at, "body"]);
  check(body.each, [...allowed, ...each], [...at, "body"]);
}
