import { expect, test } from "vitest";
import type { Progress } from "../app.ts";
import { auditProgress } from "./audit-progress.ts";

function told(isTty: boolean): { at(ms: number, p: Progress | null): void; stop(): void; written: string[] } {
  const written: string[] = [];
  let [time, current]: [number, Progress | null] = [0, null];
  const progress = auditProgress(() => current, { clock: () => time, write: (t) => written.push(t), isTty });
  return {
    at(ms, p) {
      [time, current] = [ms, p];
      progress.update();
    },
    stop: progress.stop,
    written,
  };
}

test("tells records a second and the time that is left, then steps", () => {
  const t = told(true);
  t.at(0, null);
  t.at(100, { what: "Reading CRM, Ghost", done: 0, of: 4_000_000, records: 0, expected: 4_000_000 });
  t.at(2_100, {
    what: "Reading Ghost",
    done: 1_000_000,
    of: 4_000_000,
    records: 1_000_000,
    expected: 4_000_000,
  });
  t.at(3_000, { what: "Comparing Customers", done: 1, of: 2 });
  t.stop();
  expect(t.written[1]).toContain(
    "Reading Ghost █████░░░░░░░░░░░░░░░ 25 %  1,000,000 of 4,000,000 records  500,000 records/s  6 s left",
  );
  expect(t.written[3]).toContain("Comparing Customers ██████████░░░░░░░░░░ 50 %  1 of 2 steps");
  expect(t.written).toHaveLength(5);
});

test("tells records alone where nobody knows how many there are", () => {
  const t = told(true);
  t.at(0, { what: "Reading CRM", done: 0, of: 2, records: 0, expected: null });
  t.at(2_000, { what: "Reading CRM", done: 1, of: 2, records: 50_000, expected: null });
  expect(t.written[1]).toMatch(/Reading CRM {2}50,000 records {2}25,000 records\/s$/);
});

test("writes nothing where there is no terminal", () => {
  const t = told(false);
  t.at(0, { what: "Reading CRM", done: 0, of: 2, records: 0, expected: null });
  t.stop();
  expect(t.written).toEqual([]);
});
