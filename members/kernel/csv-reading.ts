import { Worker } from "node:worker_threads";
import { AuditorError } from "../../core/errors.ts";
import type { Keys } from "../keys.ts";
import type { Partition } from "../member-set.ts";
import type { CsvCounts, CsvLayout } from "./csv-people.ts";
import type { WasmModule } from "./wasm.ts";

export type CsvJob = {
  readonly module: WasmModule;
  readonly path: string;
  readonly layout: CsvLayout;
  readonly keys: Keys;
  /** Bytes of rows in memory; more wait on the disk. */
  readonly most: number;
  readonly temporaryFolder: string;
};

/** What a thread tells. */
export type CsvMessage =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "read"; readonly finalNewline: boolean | null }
  /** `records`: sorted, as `NamePeople` takes them, where the layout keeps places. */
  | { readonly kind: "partition"; readonly part: Partition; readonly records: ArrayBuffer | null }
  | {
      readonly kind: "counts";
      readonly counts: Omit<CsvCounts, "finalNewline">;
      readonly unusable: Float64Array | null;
    }
  | { readonly kind: "failed"; readonly where: string; readonly problem: string; readonly fix: string };

export type CsvOrder = { readonly kind: "partition"; readonly p: number } | { readonly kind: "counts" };

/** Threads run compiled code only; sources that run as they are have none. */
export const THREADS = import.meta.url.endsWith(".js");

/** One CSV file, read by a thread of its own, which keeps the rows and gives them partition by partition. */
export class CsvReading {
  readonly #worker: Worker;
  readonly #waiting: ((m: CsvMessage) => void)[] = [];
  #failed: Error | null = null;

  constructor(job: CsvJob, onBytes: (bytes: number) => void) {
    this.#worker = new Worker(new URL("./csv-worker.js", import.meta.url), { workerData: job });
    this.#worker.on("message", (m: CsvMessage) => {
      if (m.kind === "bytes") onBytes(m.bytes);
      else if (m.kind === "failed") this.#fail(new AuditorError("permanent", m.where, m.problem, m.fix));
      else this.#waiting.shift()?.(m);
    });
    this.#worker.on("error", (error) =>
      this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
  }

  #rejects: ((e: Error) => void)[] = [];
  #fail(error: Error): void {
    this.#failed ??= error;
    for (const reject of this.#rejects.splice(0)) reject(error);
  }

  #next<K extends CsvMessage["kind"]>(kind: K): Promise<Extract<CsvMessage, { kind: K }>> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#rejects.push(reject);
      this.#waiting.push((m) => {
        this.#rejects = this.#rejects.filter((r) => r !== reject);
        if (m.kind === kind) resolve(m as Extract<CsvMessage, { kind: K }>);
        else reject(new RangeError(`the reading thread answered ${m.kind} instead of ${kind}`));
      });
    });
  }

  /** null: the reference has to read this file. */
  async read(): Promise<{ readonly finalNewline: boolean } | null> {
    const { finalNewline } = await this.#next("read");
    return finalNewline === null ? null : { finalNewline };
  }

  async partition(p: number): Promise<Omit<Extract<CsvMessage, { kind: "partition" }>, "kind">> {
    this.#worker.postMessage({ kind: "partition", p } satisfies CsvOrder);
    return this.#next("partition");
  }

  /** Before all partitions were asked for, records and unusable rows only. */
  async counts(): Promise<Omit<Extract<CsvMessage, { kind: "counts" }>, "kind">> {
    this.#worker.postMessage({ kind: "counts" } satisfies CsvOrder);
    return this.#next("counts");
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
