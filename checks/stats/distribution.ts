/** Stands in until the engine is there: never flags. */
export class DistributionStream {
  push(_snapshot: { readonly t: number; readonly counts: Readonly<Record<string, number>> }): {
    readonly flagged: boolean;
    readonly score: number;
  } {
    return { flagged: false, score: 0 };
  }
}
