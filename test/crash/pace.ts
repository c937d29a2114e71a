import { spawn } from "node:child_process";
import { once } from "node:events";
import { dist } from "./vendors.ts";

export type Pace = { readonly leaseSeconds: number; readonly atOnce: number };

const AT_ONCE = 4;
let known: Promise<Pace> | null = null;

/**
 * Leases of one second, four cases at once. Where four processes need more than a second and a half to start (somebody
 * else uses the machine), one that is alive could not keep such a lease: then longer ones, said aloud.
 * PLUMBLINE_CRASH_LEASE (seconds) decides by itself.
 */
export const pace = (): Promise<Pace> => {
  known ??= measure();
  return known;
};

async function measure(): Promise<Pace> {
  const wanted = Number(process.env.PLUMBLINE_CRASH_LEASE ?? "0");
  if (wanted > 0) return { leaseSeconds: wanted, atOnce: AT_ONCE };
  const parts = ["sync/apply.js", "store/database.js"].map((p) => `import(${JSON.stringify(dist(p))})`);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, () =>
      once(spawn(process.execPath, ["-e", `Promise.all([${parts.join(",")}])`]), "close"),
    ),
  );
  const seconds = (performance.now() - began) / 1_000;
  if (seconds < 1.5) return { leaseSeconds: 1, atOnce: AT_ONCE };
  const leaseSeconds = Math.min(Math.ceil(seconds) + 1, 6);
  process.stdout.write(
    `This machine is busy (${seconds.toFixed(1)} s to start ${AT_ONCE} processes): leases of ${leaseSeconds} s instead of 1 s.\n`,
  );
  return { leaseSeconds, atOnce: 3 };
}
