import { Type } from "typebox";
import { id, named, text } from "./schema-parts.ts";

export const kind = <K extends string>(name: K) =>
  Type.Literal(name, { description: "What kind of system it is." });

/** What every system has. */
export const base = {
  id: id("Name of the system everywhere else in this file."),
  title: Type.Optional(text("What people call it. Default: the id.")),
  sends: Type.Optional(
    Type.Boolean({
      description:
        "Does it send mail to the people it holds? Default: true for ghost, klaviyo, mailchimp and mailman, false for the others.",
    }),
  ),
  region: Type.Optional(
    text("Where its data lies, in a word of your own (eu, us); attributes may be bound to regions."),
  ),
  attributes: Type.Optional(
    named(
      "Which field of this system holds which attribute: attribute name → field or column.",
      text("Field or column."),
    ),
  ),
};
