import { expect, test } from "vitest";
import type { Progress } from "../app.ts";
import { readingProgress } from "./reading-progress.ts";

function told(expected: number): { progress: ReturnType<typeof readingProgress>; last: () => Progress } {
  let last: Progress = { what: "", done: 0, of: 0 };
  const progress = readingProgress(expected, 2, (p) => {
    last = p;
  });
  return { progress, last: () => last };
}

test("names what is being read and counts records, never beyond what is expected", () => {
  const { progress, last } = told(1_000);
  progress.begin("CRM");
  progress.begin("Ghost");
  progress.read(600);
  expect(last()).toEqual({
    what: "Reading CRM, Ghost",
    done: 600,
    of: 1_000,
    records: 600,
    expected: 1_000,
  });
  progress.end("CRM");
  progress.read(600);
  expect(last()).toEqual({
    what: "Reading Ghost",
    done: 1_000,
    of: 1_000,
    records: 1_200,
    expected: 1_000,
  });
  progress.end("Ghost");
  expect(last().what).toBe("Reading Ghost");
});

test("counts systems the first time, when nobody knows how many records there are", () => {
  const { progress, last } = told(0);
  progress.begin("CRM");
  progress.read(600);
  expect(last()).toEqual({ what: "Reading CRM", done: 0, of: 2, records: 600, expected: null });
  progress.end("CRM");
  expect(last()).toMatchObject({ done: 1, of: 2 });
});
