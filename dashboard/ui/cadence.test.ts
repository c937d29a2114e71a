import { expect, it } from "vitest";
import { cadenceWords } from "./cadence.ts";

it.each([
  ["4 */4 * * *", "every 4 h"],
  ["4 * * * *", "every hour"],
  ["5 6 * * *", "daily at 06:05"],
  ["0 9 * * 1", "at 0 9 * * 1"],
  ["*/5 * * * *", "at */5 * * * *"],
  ["", "at "],
])("says %j as %j", (cron, words) => {
  expect(cadenceWords(cron)).toBe(words);
});
