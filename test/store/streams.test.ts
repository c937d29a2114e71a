import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fold, foldDistributions } from "../../app/audit/fold-distributions.ts";
import { DistributionStream } from "../../checks/stats/distribution.ts";
import type { Instant, Snapshot } from "../../core/model.ts";
import { audienceId, runId, systemId } from "../../core/model.ts";
import { auditStore } from "../../store/audit-store.ts";
import { dropStreamStates } from "../../store/drop-stream-states.ts";
import { getStreamStates, type StreamState } from "../../store/get-stream-states.ts";
import { pruneSnapshots } from "../../store/prune-snapshots.ts";
import { putStreamStates } from "../../store/put-stream-states.ts";
import { SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";
import { aSnapshot, RUN } from "./samples.ts";

const vip = audienceId("vip");
const crm = systemId("crm");
const DAY = 86_400_000;
const on = (day: number): Instant => new Date(Date.UTC(2026, 8, 1, 6) + day * DAY).toISOString() as Instant;
const nothing = () => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const USUAL = { free: 600, pro: 400 };
const reading = (day: number, over: Partial<Snapshot> = {}): Snapshot =>
  aSnapshot({
    id: `s${day}`,
    runId: runId(`run-${day}`),
    audience: vip,
    system: crm,
    takenAt: on(day),
    asOf: on(day),
    distributions: { plan: { free: 600 + ((day * 7) % 11) - 5, pro: 400 - ((day * 7) % 11) + 5 } },
    ...over,
  });
const days = (n: number) => Array.from({ length: n }, (_, d) => reading(d));

describe.each(SERVERS)("what streams remember, on %s", (server) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await testDatabase(server);
  });
  beforeEach(async () => {
    await made.asOwner("truncate stream_state");
  });
  afterAll(() => made.drop());

  const state = (over: Partial<StreamState> = {}): StreamState => ({
    audience: vip,
    system: crm,
    stream: "attribute:plan",
    lastAt: on(1),
    state: { n: 1, text: "a\u0000b" },
    ...over,
  });
  const app = () => ({ db: made.db, log });
  const folded = (history: readonly Snapshot[], counted = ["plan"]) =>
    foldDistributions(app(), { audience: vip, system: crm }, history, counted, history.at(-1)?.runId ?? RUN);

  test("one state per stream; a base has no audience; what Postgres cannot keep is replaced", async () => {
    await putStreamStates(made.db, [state(), state({ audience: null }), state({ stream: "metric:size" })]);
    await putStreamStates(made.db, [state({ state: { n: 0 } }), state({ lastAt: on(2), state: { n: 2 } })]);
    expect(await getStreamStates(made.db, vip, crm)).toEqual([
      state({ lastAt: on(2), state: { n: 2 } }),
      state({ stream: "metric:size", state: { n: 1, text: "a\ufffdb" } }),
    ]);
    await dropStreamStates(made.db, vip, crm, ["attribute:plan"]);
    expect((await getStreamStates(made.db, vip, crm)).map((s) => s.stream)).toEqual(["metric:size"]);
    expect((await getStreamStates(made.db, null, crm)).map((s) => s.audience)).toEqual([null]);
    await putStreamStates(made.db, []);
  });

  test("a stream that ended long ago is forgotten with its snapshots", async () => {
    await putStreamStates(made.db, [
      state({ lastAt: on(1) }),
      state({ stream: "metric:size", lastAt: on(9) }),
    ]);
    await pruneSnapshots(made.db, on(5));
    expect((await getStreamStates(made.db, vip, crm)).map((s) => s.stream)).toEqual(["metric:size"]);
  });

  test("a snapshot keeps its distributions; one that never counted has none", async () => {
    const store = auditStore(made.db);
    await store.startRun(RUN, "audit", "scheduled", on(0));
    const distributions = { plan: { "": 12, free: 30 }, city: null };
    await store.insertSnapshot(aSnapshot({ id: "with", takenAt: on(1), distributions }));
    const { distributions: none, ...without } = aSnapshot({ id: "without", takenAt: on(2) });
    expect(none).toEqual({});
    await store.insertSnapshot(without);
    const kept = await store.snapshots(aSnapshot().audience, aSnapshot().system, 5);
    expect(kept.map((s) => s.distributions)).toEqual([distributions, {}]);
  });

  test("carried on reading by reading, a stream ends where one made anew from the snapshots does", async () => {
    const history = days(30);
    for (let n = 1; n <= 30; n++) await folded(history.slice(0, n));
    const [kept] = await getStreamStates(made.db, vip, crm);
    const anew = new DistributionStream();
    fold(anew, null, history, "plan");
    expect(kept).toMatchObject({ stream: "attribute:plan", lastAt: on(29) });
    expect(kept?.state).toEqual(JSON.parse(JSON.stringify(anew)));
  });

  test("the state of another version is made anew, a missing one too", async () => {
    const shifted = reading(30, { distributions: { plan: { free: 300, pro: 700 } } });
    await putStreamStates(made.db, [state({ state: { version: 0 } })]);
    expect((await folded([...days(30), shifted])).plan).toMatchObject({
      flagged: true,
      maths: { points: 30 },
    });
    await made.asOwner("truncate stream_state");
    expect((await folded([...days(30), shifted])).plan?.flagged).toBe(true);
  });

  test("a manual reading is judged and not learned; partial ones and the same export again are neither", async () => {
    await folded(days(30));
    const before = await getStreamStates(made.db, vip, crm);
    const shifted = { plan: { free: 300, pro: 700 } };
    const manual = reading(30, { trigger: "manual", distributions: shifted });
    expect((await folded([...days(30), manual])).plan?.flagged).toBe(true);
    for (const over of [
      { coverage: "partial" as const },
      { trigger: "readback" as const },
      { asOf: on(29) },
      { distributions: { plan: null } },
    ])
      expect(await folded([...days(30), reading(30, { distributions: shifted, ...over })])).toEqual({});
    expect(await getStreamStates(made.db, vip, crm)).toEqual(before);
  });

  test("an attribute that may not be counted any more leaves nothing behind", async () => {
    await folded(days(5));
    await putStreamStates(made.db, [state({ stream: "metric:size" })]);
    expect(await folded(days(6), [])).toEqual({});
    expect((await getStreamStates(made.db, vip, crm)).map((s) => s.stream)).toEqual(["metric:size"]);
  });

  test("readings before the shift are what is usual", async () => {
    const verdicts = await folded([...days(29), reading(29, { distributions: { plan: USUAL } })]);
    expect(verdicts.plan).toMatchObject({ used: true, flagged: false, total: 1000 });
  });
});
