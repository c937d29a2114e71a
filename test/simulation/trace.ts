import { createHash } from "node:crypto";

/** What happened, line by line: a hash of all of it, and the last lines for people. */
export class Trace {
  readonly #hash = createHash("sha256");
  readonly #last: string[] = [];
  readonly #keep: number;
  lines = 0;

  constructor(keep = 120) {
    this.#keep = keep;
  }

  say(line: string): void {
    this.lines += 1;
    this.#hash.update(`${line}\n`);
    this.#last.push(line);
    if (this.#last.length > this.#keep * 2) this.#last.splice(0, this.#keep);
  }

  /** Of everything so far; two runs of one seed have the same. Ends the trace. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  last(): readonly string[] {
    return this.#last.slice(-this.#keep);
  }
}
