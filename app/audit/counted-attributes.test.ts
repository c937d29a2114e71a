import { expect, test } from "vitest";
import type { AttributeRule } from "../../core/config.ts";
import { countedAttributes } from "./counted-attributes.ts";

const rule = (name: string, kind: AttributeRule["class"]): AttributeRule => ({
  name,
  title: name,
  owners: [],
  merge: "owner_wins",
  class: kind,
  values: null,
  pattern: null,
});

test("personal attributes are never counted; without a rule neither is what sounds like one", () => {
  const attributes = [rule("plan", "plain"), rule("nickname", "personal"), rule("plan_name", "plain")];
  const tracked = [
    "plan",
    "nickname",
    "plan_name",
    "country",
    "first_name",
    "Mobile",
    "birth_year",
    "external_id",
  ];
  expect(countedAttributes({ attributes }, tracked)).toEqual(["plan", "plan_name", "country"]);
});
