import type { Alike, CheckInput, CheckName, Finding } from "../core/finding.ts";

type Given = Pick<Finding, "severity" | "title" | "moved" | "means" | "cause" | "todo" | "people"> &
  Partial<Finding>;

/** A finding about this segment; what is not given is the usual. */
export function draftFinding(input: CheckInput, check: CheckName, given: Given): Finding {
  return {
    check,
    audience: input.audience.id,
    system: input.system.id,
    subject: null,
    cantTell: false,
    backlog: false,
    observed: null,
    expected: null,
    repair: null,
    maths: {},
    ...given,
  };
}

/** Words for several lists that are alike: "3 lists of Klaviyo" and then these. */
export const alike = (way: string, one: string, many = one, before = ""): Alike => ({
  way,
  before,
  one,
  many,
});
