import { expect, test } from "vitest";
import type { AttributeRule } from "../../core/config.ts";
import { countedAttributes } from "./counted-attributes.ts";

const rule = (name: string, over: Partial<AttributeRule> = {}): AttributeRule => ({
  name,
  title: name,
  owners: [],
  merge: "owner_wins",
  class: "plain",
  values: null,
  pattern: null,
  ...over,
});

test("personal attributes are never counted; what sounds like one only when its values are listed", () => {
  const attributes = [
    rule("plan"),
    rule("nickname", { class: "personal", values: ["a"] }),
    rule("name"),
    rule("plan_name", { values: ["pro"] }),
  ];
  const tracked = ["plan", "nickname", "name", "plan_name", "country", "Mobile", "birth_year", "external_id"];
  expect(countedAttributes({ attributes }, tracked)).toEqual(["plan", "plan_name", "country"]);
});
