import type { JsonTemplate } from "../core/rest-config.ts";
import { namesByPlace, namesIn } from "../core/rest-template.ts";
import type { RestEntry } from "./build-rest.ts";
import type { Path } from "./document.ts";
import type { Report } from "./references.ts";
import { checkCall } from "./references-rest-call.ts";
import type { RestWriteEntry } from "./schema-rest.ts";
import { meant } from "./suggest.ts";

const PERSON = ["id", "email", "phone", "customer_id"];
const PEOPLE = ["ids", "emails", "phones", "customer_ids"];
/** Segments that somebody can be put into or taken out of. */
const TARGETS = ["list", "segment", "tag"];

type Op = NonNullable<RestWriteEntry["remove"]>;

export function checkWrite(s: RestEntry, w: RestWriteEntry, at: Path, report: Report): void {
  const by = w.find.by ?? "email";
  const whom = (w.find.batch ?? 1) > 1 ? `${by}s` : by;
  checkCall(w.find, [whom], [...at, "find"], report);
  if (!Object.hasOwn(s.record, by))
    report([...at, "find"], `records have no ${by} to find people by`, `add ${by} to record`, s.record);
  if (!namesOf(w.find).includes(whom))
    report([...at, "find"], "the look-up does not say whom", `use {{${whom}}}`, w.find);

  const within = w.in_segment;
  if (within !== undefined) {
    const here = [...at, "in_segment"];
    if ((within.path === undefined) === (within.get === undefined))
      report(here, "whether somebody is in a segment is told in one way", "give path or get", within);
    if (within.get !== undefined) {
      const names = namesIn(within.get);
      for (const name of names)
        if (![...PERSON, ...TARGETS].includes(name))
          report([...here, "get"], `{{${name}}} has no value here`, meant(name, [...PERSON, ...TARGETS]));
      if (!names.some((n) => PERSON.includes(n)) || !names.some((n) => TARGETS.includes(n)))
        report([...here, "get"], "the call does not say who and where", "use {{id}} and {{list}}");
    }
  }
  for (const name of ["suppress", "remove", "add", "set"] as const) {
    const op = w[name];
    if (op === undefined) continue;
    checkOp(op, name === "set" ? ["field", "value"] : [], [...at, name], report);
    if ((name === "add" || name === "remove") && !namesOf(op).some((n) => TARGETS.includes(n)))
      report(
        [...at, name],
        `the call does not say from or to where`,
        "use {{list}}, {{segment}} or {{tag}}",
        op,
      );
    if ((name === "add" || name === "remove") && within === undefined)
      report(
        [...at, name],
        "nothing tells whether somebody is in the segment, so the change cannot be proven",
        "add in_segment",
        w,
      );
  }
  if (w.remove?.delete !== undefined && !namesIn(w.remove.delete).some((n) => TARGETS.includes(n)))
    report(
      [...at, "remove", "delete"],
      "a DELETE without the segment in its path could delete the person",
      "use {{list}}, {{segment}} or {{tag}} in the path",
    );
  if (w.suppress !== undefined && s.record.consent === undefined && s.record.mailable === undefined)
    report(
      [...at, "suppress"],
      "nothing in record could show that a person is suppressed",
      "add consent or mailable to record",
      s.record,
    );
  const known = Object.keys(s.attributes ?? {});
  for (const attribute of Object.keys(w.set?.fields ?? {}))
    if (!known.includes(attribute))
      report(
        [...at, "set", "fields", attribute],
        `${s.id} has no attribute “${attribute}”`,
        meant(attribute, known),
        s.attributes ?? s,
      );
}

function checkOp(op: Op, more: readonly string[], at: Path, report: Report): void {
  const many = (op.batch ?? 1) > 1;
  if (!many) {
    checkCall(op, [...PERSON, ...TARGETS, ...more], at, report);
    if (!namesOf(op).some((n) => PERSON.includes(n)))
      report(at, "the call does not say whom", "use {{id}}", op);
    return;
  }
  checkCall(op, [...PEOPLE, ...TARGETS], at, report, [...PERSON, ...more]);
  if (!namesOf(op).some((n) => PEOPLE.includes(n) || n === "each"))
    report(at, "the call does not say whom", "use {{ids}} or {{each}}", op);
  if (op.results?.by === "id" && op.results.id === undefined)
    report([...at, "results"], "results by id need its path", "add id", op.results);
}

/** Names anywhere in a call. */
function namesOf(call: object): readonly string[] {
  const parts = Object.entries(call).filter(([key]) =>
    ["get", "post", "put", "patch", "delete", "query", "body"].includes(key),
  );
  return parts.flatMap(([, value]) => {
    const { once, each } = namesByPlace(value as JsonTemplate);
    return [...once, ...each];
  });
}
