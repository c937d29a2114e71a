import { expect, test } from "vitest";
import { AuditorError } from "../../core/errors.ts";
import { keepResuming } from "./resume.ts";

const silent = { info: () => undefined, warn: () => undefined };

/** Looks `looks` times on a clock that only sleeping moves; answers which plan was tried at which second. */
async function watched(
  looks: number,
  abandoned: (look: number) => readonly number[],
  goOn: (id: number) => Promise<void>,
): Promise<string[]> {
  const tried: string[] = [];
  const ending = new AbortController();
  let now = 0;
  let look = 0;
  await keepResuming({
    abandoned: async () => abandoned(look++),
    goOn: (id) => {
      tried.push(`PL-${id} at ${now / 1_000}`);
      return goOn(id);
    },
    leaseSeconds: 15,
    log: silent,
    now: () => now,
    sleep: async (ms) => {
      await new Promise((done) => setImmediate(done));
      now += ms;
      if (look === looks) ending.abort();
    },
    signal: ending.signal,
  });
  return tried;
}

const refused = new AuditorError("refused", "PL-1", "another process is applying it", "wait for it");
const broken = new AuditorError("config", "system ghost", "has no write access", "add a credential");

test("a plan whose lease becomes free later is taken up then, within a third of a lease", async () => {
  const tried = await watched(
    6,
    (look) => (look < 3 ? [] : [7]),
    () => new Promise(() => undefined),
  );
  expect(tried, "and only once while it runs").toEqual(["PL-7 at 9"]);
});

test("whoever was slower looks again; what fails for itself waits a minute", async () => {
  expect(
    await watched(
      3,
      () => [1],
      () => Promise.reject(refused),
    ),
  ).toEqual(["PL-1 at 0", "PL-1 at 3", "PL-1 at 6"]);
  expect(
    await watched(
      22,
      () => [1],
      () => Promise.reject(broken),
    ),
  ).toEqual(["PL-1 at 0", "PL-1 at 60"]);
});

test("a database that is away does not end the watch", async () => {
  const tried = await watched(
    3,
    (look) => {
      if (look === 0) throw new AuditorError("transient", "database", "no answer", "wait");
      return [2];
    },
    async () => undefined,
  );
  expect(tried).toEqual(["PL-2 at 3", "PL-2 at 6"]);
});

test("a system that asked to be left alone for long is left alone so long", async () => {
  const resting = new AuditorError(
    "rate_limited",
    "PL-1",
    "Ghost asked for 5 min",
    "apply it again after that",
    {
      retryAfterMs: 300_000,
    },
  );
  expect(
    await watched(
      110,
      () => [1],
      () => Promise.reject(resting),
    ),
  ).toEqual(["PL-1 at 0", "PL-1 at 300"]);
});
