import { afterAll, beforeAll, expect, test } from "vitest";
import { foldSizesOf } from "../../app/audit/fold-sizes.ts";
import { StreamPool } from "../../checks/stats/stream/pool.ts";
import type { Instant, Snapshot } from "../../core/model.ts";
import { runId, systemId } from "../../core/model.ts";
import { getStreamStates } from "../../store/get-stream-states.ts";
import { putStreamStates } from "../../store/put-stream-states.ts";
import { AUDIENCE, CONFIG, sizesOf } from "../property/checks-input.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { aSnapshot } from "./samples.ts";

const crm = systemId("crm");
const on = (day: number): Instant =>
  new Date(Date.UTC(2026, 8, 1, 4) + day * 86_400_000).toISOString() as Instant;
const sizeOn = (day: number) => 9000 + 12 * day + ((day * 37) % 23) - (day === 40 ? 4000 : 0);
const reading = (day: number): Snapshot =>
  aSnapshot({
    id: `s${day}`,
    runId: runId(`run-${day}`),
    audience: AUDIENCE.id,
    system: crm,
    takenAt: on(day),
    asOf: on(day),
    metrics: {
      size: {
        numerator: sizeOn(day),
        denominator: null,
        quality: "exact",
        settled: true,
        observedAt: on(day),
      },
    },
  });
const days = (from: number, to: number) => Array.from({ length: to - from }, (_, d) => reading(from + d));

let made: TestDatabase;
const logged: string[] = [];
const note = (event: string) => void logged.push(event);
const log = { debug: note, info: note, warn: note, error: note };
beforeAll(async () => {
  made = await testDatabase();
});
afterAll(() => made.drop());

const fold = (history: readonly Snapshot[]) =>
  foldSizesOf({ db: made.db, log, config: CONFIG }, AUDIENCE, crm, history, new StreamPool());

test("a stream goes on from what is kept as if it had seen everything, also when old readings are gone", async () => {
  for (let day = 1; day <= 39; day++) await fold(days(Math.max(0, day - 10), day + 1));
  const [last] = (await fold(days(35, 41))).slice(-1);
  const [whole] = sizesOf(days(0, 41)).slice(-1);
  expect(last).toEqual(whole);
  expect(last?.verdict).toMatchObject({ flagged: true, side: -1, test: "point" });
});

test("the same readings again change nothing", async () => {
  const before = await getStreamStates(made.db, AUDIENCE.id, crm);
  const again = await fold(days(35, 41));
  expect(again.at(-1)?.id).toBe("s40");
  expect(await getStreamStates(made.db, AUDIENCE.id, crm)).toEqual(before);
});

test("a state of another version is made anew from the kept readings, and the log says so", async () => {
  const [kept] = await getStreamStates(made.db, AUDIENCE.id, crm);
  if (kept === undefined) throw new Error("no state was kept");
  const { stream, recent } = kept.state as { stream: object; recent: unknown };
  await putStreamStates(made.db, [{ ...kept, state: { stream: { ...stream, version: 99 }, recent } }]);
  const readings = await fold(days(20, 41));
  expect(readings).toEqual(sizesOf(days(20, 41)));
  expect(logged).toContain("stream.rebuilt");
});
