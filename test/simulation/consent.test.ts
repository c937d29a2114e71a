import { appendFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { ghost } from "./consent-ghost.ts";
import { hubspot } from "./consent-hubspot.ts";
import { klaviyo } from "./consent-klaviyo.ts";
import { mailchimp } from "./consent-mailchimp.ts";
import { mailman } from "./consent-mailman.ts";
import { emptyTally, sequencesOf } from "./consent-run.ts";
import { fetchInProcess } from "./in-process.ts";
import { Random } from "./random.ts";

/** Over all vendors together; a million by hand (bench/RESULTS.md). */
const count = Number(process.env.PLUMBLINE_CONSENT_SEQUENCES ?? 200_000);
const seed = Number(process.env.PLUMBLINE_CONSENT_SEED ?? 1);
/** A file that gets the figures so far every 20,000 sequences, for runs of an hour. */
const report = process.env.PLUMBLINE_CONSENT_REPORT;
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
    const began = process.cpuUsage();
    const say = (): void => {
      const { user, system } = process.cpuUsage(began);
      const line = JSON.stringify({ name, seed, cpuSeconds: Math.round((user + system) / 1e5) / 10, ...t });
      if (report === undefined) console.log(line);
      else appendFileSync(report, `${line}\n`);
    };
    let told = 0;
    while (t.sequences < count / accounts.length && t.loosened.length === 0) {
      await sequencesOf(account, random, t);
      if (report === undefined || t.sequences - told < 20_000) continue;
      told = t.sequences;
      say();
    }
    say();
    expect(t.loosened).toEqual([]);
    // a run in which nothing ever took effect would prove nothing
    expect(t.outcomes.applied).toBeGreaterThan(0);
    expect(t.outcomes["refused for consent"]).toBeGreaterThan(0);
  },
  7_200_000,
);
