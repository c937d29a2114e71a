import { expect, test } from "vitest";
import { blurred, groupOf } from "./small-groups.ts";

test.each([
  [
    "1 opted-out person is in Trial and can be mailed from Ghost",
    "Fewer than 10 opted-out people are in Trial and can be mailed from Ghost",
  ],
  ["9 people flip in and out of Trial in CRM", "Fewer than 10 people flip in and out of Trial in CRM"],
  [
    "Trial in CRM differs from Warehouse by 3 people",
    "Trial in CRM differs from Warehouse by fewer than 10 people",
  ],
  [
    "12 people are missing and 2 are extra compared with Warehouse",
    "12 people are missing and fewer than 10 are extra compared with Warehouse",
  ],
  ["3 of 48 people would be left out", "Fewer than 10 people would be left out"],
  ["1,204 people, 10 people, 109 people", "1,204 people, 10 people, 109 people"],
  ["since 3 Nov 06:04 CET, 2 days ago", "since 3 Nov 06:04 CET, 2 days ago"],
])("%s", (text, wanted) => expect(blurred(text)).toBe(wanted));

test("nobody is nobody, unknown is no number", () => {
  expect([0, 1, 9, 10, 1204, null].map(groupOf)).toEqual([
    "0",
    "fewer than 10",
    "fewer than 10",
    "10",
    "1,204",
    "can’t tell",
  ]);
});
