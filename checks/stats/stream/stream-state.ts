import type { StreamKind, StreamPoint } from "../../../core/stream.ts";
import type { BankState } from "./bank.ts";
import type { BaselineState } from "./baseline.ts";
import type { Cadence } from "./calendar.ts";
import type { CusumState } from "./cusum.ts";
import type { KindPrior } from "./priors.ts";
import type { StaleState } from "./stale.ts";
import type { WindowsState } from "./windows.ts";

/** What whoever opens the stream says of it. */
export type Given = {
  /** Usual milliseconds between points; null: as the first points show. */
  readonly step: number | null;
  /** Is a level that lasts six days taken as the new normal? Else an alarm lasts as long as its cause. */
  readonly rebaseline: boolean;
};

/** The whole state as JSON: a stream goes on from it exactly as if it had never stopped. */
export type StreamState = {
  readonly version: number;
  readonly kind: StreamKind;
  readonly given: Given;
  readonly waiting: readonly StreamPoint[];
  readonly cadence: Cadence;
  readonly step: number;
  readonly prior: KindPrior | null;
  readonly last: number | null;
  readonly late: number;
  readonly seen: number;
  readonly score: number;
  readonly open: boolean;
  readonly bank: BankState | null;
  readonly windows: WindowsState;
  readonly innovations: WindowsState;
  readonly drift: CusumState;
  readonly lasting: CusumState;
  readonly stale: StaleState;
  readonly baseline: BaselineState;
};
