import type { StreamKind, StreamPoint } from "../../../core/stream.ts";

/** Stands in until the engine is there: never flags. */
export type StreamVerdict = {
  readonly score: number;
  readonly flagged: boolean;
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly because: string | null;
};

export class StreamPool {}

export class MetricStream {
  readonly kind: StreamKind;
  #last: number | null = null;
  constructor(kind: StreamKind, _pool?: StreamPool) {
    this.kind = kind;
  }
  push(point: StreamPoint): StreamVerdict {
    const expected = this.#last;
    this.#last = point.value;
    return { score: 0, flagged: false, expected, low: null, high: null, because: null };
  }
}
