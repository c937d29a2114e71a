import type { KeptOut } from "../core/comparison.ts";
import type { Panel, Seat } from "./compare-panel.ts";
import { MAILABLE } from "./consent-byte.ts";
import type { Judge } from "./judge.ts";

/** Counts, for one copy, its members who are on lists that keep people out: the ineligible, held out, suppressed. */
export class KeptOutTally {
  readonly #panel: Panel;
  readonly #seat: Seat;
  readonly #here: Uint32Array;
  readonly #mailable: Uint32Array;
  readonly #settled: Uint32Array;

  constructor(panel: Panel, seat: Seat) {
    this.#panel = panel;
    this.#seat = seat;
    this.#here = new Uint32Array(panel.excluded.length);
    this.#mailable = new Uint32Array(panel.excluded.length);
    this.#settled = new Uint32Array(panel.excluded.length);
  }

  /** @param consent the person's consent byte in this system; @param weight so many people who look like this */
  count(judge: Judge, consent: number, weight: number): void {
    const { excluded } = this.#panel;
    for (let e = 0; e < excluded.length; e++) {
      const input = excluded[e]?.input as number;
      if (judge.now[input] === 0) continue;
      this.#here[e] = (this.#here[e] as number) + weight;
      if (consent & MAILABLE) this.#mailable[e] = (this.#mailable[e] as number) + weight;
      if (judge.bothBefore(this.#seat.set, input)) this.#settled[e] = (this.#settled[e] as number) + weight;
    }
  }

  /** @param mailTold does the system tell whom it can mail? */
  result(mailTold: boolean): Record<string, KeptOut> {
    return Object.fromEntries(
      this.#panel.excluded.map(({ list, input }, e) => [
        list,
        {
          of: this.#panel.inputs[input]?.size ?? 0,
          here: this.#here[e] as number,
          mailable: mailTold ? (this.#mailable[e] as number) : null,
          settled: this.#settled[e] as number,
        },
      ]),
    );
  }
}
