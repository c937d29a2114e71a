import type { Config } from "../../core/config.ts";

/** What these names hold is a person's own, unless the configuration lists the values. */
const PERSONAL =
  /name|mail|phone|mobile|address|street|birth|dob|^ip$|ip_|passport|iban|ssn|token|_id$|^id$/i;

/**
 * Attributes whose people are counted per value. Never those of class "personal"; those that sound like it only when
 * their rule lists the values: a rule that says no class is not a promise.
 */
export const countedAttributes = (
  config: Pick<Config, "attributes">,
  tracked: readonly string[],
): readonly string[] =>
  tracked.filter((name) => {
    const rule = config.attributes.find((a) => a.name === name);
    return rule?.class !== "personal" && (rule?.values != null || !PERSONAL.test(name));
  });
