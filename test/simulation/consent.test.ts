import { afterAll, expect, it } from "vitest";
import { emptyTally, sequencesOf } from "./consent-run.ts";
import { ghost, hubspot, klaviyo, mailchimp, mailman } from "./consent-vendors.ts";
import { fetchInProcess } from "./in-process.ts";
import { Random } from "./random.ts";

/** Over all vendors together; a million by hand (bench/RESULTS.md). */
const count = Number(process.env.PLUMBLINE_CONSENT_SEQUENCES ?? 50_000);
const seed = Number(process.env.PLUMBLINE_CONSENT_SEED ?? 1);
/** Share of requests that are lost, and of answers. */
const LOST = 0.003;

const accounts = await Promise.all([ghost(), klaviyo(), mailchimp(), hubspot(), mailman()]);
const random = new Random(seed);
const restore = fetchInProcess(accounts, random, LOST);

afterAll(async () => {
  restore();
  await Promise.all(accounts.map((a) => a.close()));
});

it.each(accounts.map((a) => [a.name, a] as const))(
  "nobody's consent is loosened in %s, whatever is asked of its writer",
  async (name, account) => {
    const t = emptyTally();
    const began = performance.now();
    while (t.sequences < count / accounts.length && t.loosened.length === 0)
      await sequencesOf(account, random, t);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    console.log(JSON.stringify({ name, seconds, ...t }));
    expect(t.loosened).toEqual([]);
    // a run in which nothing ever took effect would prove nothing
    expect(t.outcomes.applied).toBeGreaterThan(0);
    expect(t.outcomes["refused for consent"]).toBeGreaterThan(0);
  },
  3_600_000,
);
