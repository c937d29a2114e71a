/** Thread of one CSV file: reads it at once, then answers orders. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { CsvPeople } from "./csv-people.ts";
import type { CsvJob, CsvMessage, CsvOrder } from "./csv-reading.ts";

const job = workerData as CsvJob;
const say = (m: CsvMessage, buffers: ArrayBuffer[] = []): void => parentPort?.postMessage(m, buffers);
const never = new AbortController().signal;

/** The file that is compared cannot be read: the reference says why. */
const unreadable = (cause: unknown): boolean =>
  cause instanceof Error &&
  (("syscall" in cause && cause.syscall === "read") || ("path" in cause && cause.path === job.path));

function failed(cause: unknown): void {
  const disk = cause instanceof Error && "code" in cause;
  if (!disk) throw cause;
  say({
    kind: "failed",
    where: "temporary files",
    problem: `rows that do not fit in memory cannot be kept (${String(cause.code)})`,
    fix: "set TMPDIR to a folder with free space",
  });
}

const people = new CsvPeople(job.module, job.layout, job.keys, job.most, job.temporaryFolder);
try {
  const fd = openSync(job.path, "r");
  try {
    const before = fstatSync(fd);
    const first = Buffer.alloc(3);
    readSync(fd, first, 0, 3, 0);
    const mark = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? 3 : 0;
    const read = people.read(fd, mark, never, (bytes) => say({ kind: "bytes", bytes }));
    const after = fstatSync(fd);
    const changed = before.size !== after.size || before.mtimeMs !== after.mtimeMs;
    people.seal();
    say({ kind: "read", finalNewline: read === null || changed ? null : read.finalNewline });
  } finally {
    closeSync(fd);
  }
} catch (cause) {
  if (unreadable(cause)) say({ kind: "read", finalNewline: null });
  else failed(cause);
}

parentPort?.on("message", (order: CsvOrder) => {
  try {
    if (order.kind === "counts") say({ kind: "counts", counts: people.counts(), unusable: people.unusable });
    else {
      const kept: ArrayBuffer[] = [];
      const part = people.partition(order.p, job.layout.places === true ? (r) => kept.push(r) : undefined);
      say({ kind: "partition", part, records: kept[0] ?? null }, [part.keys.buffer as ArrayBuffer, ...kept]);
    }
  } catch (cause) {
    failed(cause);
  }
});
