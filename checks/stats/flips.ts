/** Stands in until the engine is there: never flags. */
export class FlipStream {
  push(_snapshot: {
    readonly t: number;
    readonly size: number;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  }): { readonly flagged: boolean; readonly score: number; readonly members: readonly string[] } {
    return { flagged: false, score: 0, members: [] };
  }
}
