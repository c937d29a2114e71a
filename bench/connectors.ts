import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { hubspotCollector } from "../collectors/hubspot.ts";
import { klaviyoCollector } from "../collectors/klaviyo.ts";
import { mailchimpCollector } from "../collectors/mailchimp.ts";
import type { SecretRef } from "../core/config.ts";
import { audienceId, runId, type SegmentSource, systemId } from "../core/model.ts";
import type { Collector } from "../core/ports.ts";

export const BENCH_VENDORS = ["klaviyo", "mailchimp", "hubspot"] as const;
export type BenchVendor = (typeof BENCH_VENDORS)[number];

/** Refusals in the middle of the read, each with Retry-After: 1. */
const REFUSALS = 5;
const LOAD_CHUNK = 20_000;
const PAGE: Readonly<Record<BenchVendor, number>> = { klaviyo: 100, mailchimp: 1000, hubspot: 100 };
/** A request that was under way when the refusal came is not one inside its Retry-After. */
const UNDER_WAY_MS = 50;

type Sim = {
  readonly url: string;
  readonly controlUrl: string;
  readonly key?: string;
  readonly token?: string;
};
type Seen = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly atMs: number;
};

/**
 * Reads `people` members of one list through a collector, from a simulator in a process of its own, through five
 * refusals for load. Our own pacing is off: this measures us, not the vendor's limits.
 */
export async function benchConnector(
  vendor: BenchVendor,
  people: number,
  say: (line: string) => void,
): Promise<void> {
  const { sim, stop } = await startSim(vendor);
  try {
    await fill(vendor, sim, people);
    // late in the read: the simulator keeps the last 5,000 requests at least
    const pages = people / PAGE[vendor];
    const faults = Array.from({ length: REFUSALS }, (_, i) => ({
      kind: "rate_limited",
      skip: Math.max(1, Math.floor(pages * (0.65 + 0.05 * i))),
      retryAfter: "1",
    }));
    await control(sim, "faults", faults);
    const { collector, source } = open(vendor, sim);
    const before = process.cpuUsage();
    const started = performance.now();
    let members = 0;
    let coverage = "none";
    for await (const page of collector.read(
      [{ kind: "segment", audience: audienceId("crowd"), source }],
      context(),
    )) {
      members += page.items.length;
      for (const e of page.ends) coverage = `${e.coverage} (${e.because})`;
    }
    const seconds = (performance.now() - started) / 1000;
    const cpu = process.cpuUsage(before);
    const busy = (cpu.user + cpu.system) / 1e6;
    const requests = await requestsOf(sim);
    const refused = requests.filter((r) => r.status === 429);
    const inside = refused.flatMap((r) =>
      requests.filter((q) => q.atMs > r.atMs + UNDER_WAY_MS && q.atMs < r.atMs + 1000),
    );
    const number = (n: number): string => Math.round(n).toLocaleString("en-US");
    say(
      `${vendor}: ${number(members)} members in ${seconds.toFixed(1)} s = ${number(members / seconds)} members/s, ` +
        `without the ${refused.length} s of Retry-After ${number(members / (seconds - refused.length))}/s; ` +
        `processor ${busy.toFixed(1)} s; most memory ${number(process.resourceUsage().maxRSS / 1024)} MB; ` +
        `${refused.length} refusals, ${inside.length} requests inside a Retry-After; ${coverage}`,
    );
    if (members !== people || inside.length > 0) throw new Error(`${vendor}: not what was expected`);
  } finally {
    stop();
  }
}

const context = () => ({
  signal: new AbortController().signal,
  clock: { now: () => new Date() },
  runId: runId("bench"),
  log: { info: () => undefined, warn: () => undefined },
});

function open(vendor: BenchVendor, sim: Sim): { collector: Collector; source: SegmentSource } {
  const common = {
    id: systemId(vendor),
    title: vendor,
    url: sim.url,
    limitShare: 1,
    privateNetwork: false,
    sends: true,
  };
  const key = "key" as SecretRef;
  const deps = { secret: () => sim.key ?? sim.token ?? "" };
  switch (vendor) {
    case "klaviyo": {
      const config = {
        ...common,
        kind: vendor,
        key,
        writeKey: null,
        attributes: { first_name: "first_name" },
      };
      return { collector: klaviyoCollector(config, deps), source: { list: "Crowd" } };
    }
    case "mailchimp": {
      const config = {
        ...common,
        kind: vendor,
        key,
        writeKey: null,
        list: "a36b000001",
        attributes: { name: "FNAME" },
      };
      return { collector: mailchimpCollector(config, deps), source: { all: true } };
    }
    case "hubspot": {
      const tokens = { token: key, writeToken: null, subscription: null };
      const config = { ...common, kind: vendor, ...tokens, attributes: { first_name: "firstname" } };
      return { collector: hubspotCollector(config, deps), source: { all: true } };
    }
  }
}

async function fill(vendor: BenchVendor, sim: Sim, people: number): Promise<void> {
  if (vendor === "klaviyo") {
    await control(sim, "crowd", { count: people, list: "Crowd" });
    await control(sim, "limits", { on: false });
    return;
  }
  for (let from = 0; from < people; from += LOAD_CHUNK) {
    const rows = Array.from({ length: Math.min(LOAD_CHUNK, people - from) }, (_, i) => ({
      email: `person${from + i}@example.com`,
      ...(vendor === "mailchimp" ? { merge: { FNAME: `N${i}` } } : { properties: { firstname: `N${i}` } }),
    }));
    await control(sim, "load", rows);
  }
}

async function control(sim: Sim, path: string, body: unknown): Promise<void> {
  const response = await fetch(new URL(path, `${sim.controlUrl.replace(/\/$/, "")}/`), {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

async function requestsOf(sim: Sim): Promise<Seen[]> {
  const response = await fetch(new URL("requests", `${sim.controlUrl.replace(/\/$/, "")}/`));
  const lines = (await response.text()).split("\n").filter((l) => l !== "");
  return lines.map((l) => JSON.parse(l) as Seen);
}

async function startSim(vendor: BenchVendor): Promise<{ sim: Sim; stop(): void }> {
  const main = join(import.meta.dirname, `../demo/${vendor}/main.js`);
  const child = spawn(process.execPath, [main, ...(vendor === "hubspot" ? ["--unlimited"] : [])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout }))
    return { sim: JSON.parse(line) as Sim, stop: () => void child.kill() };
  throw new Error(`${vendor}: the simulator did not start`);
}
