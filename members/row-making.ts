import type { LookAlikes } from "./look-alikes.ts";
import type { KeyWriter } from "./person-key.ts";
import type { ValueReader } from "./row-reader.ts";
import type { RowShape } from "./row-shape.ts";
import type { SetOptions } from "./set-terms.ts";

/** What makes a row of a record: the parts of a SetBuilder that remember something from record to record. */
export type RowMaking = {
  readonly options: SetOptions;
  readonly shape: RowShape;
  readonly key: KeyWriter;
  /** @param raw trimmed */
  readonly spelling: (raw: string) => number;
  /** In the order of the options' attributes. */
  readonly values: readonly ValueReader[];
  /** Attributes that stand in the payload. */
  readonly spooled: readonly string[];
  /** null: people are not named by e-mail. */
  readonly lookAlikes: LookAlikes | null;
};
