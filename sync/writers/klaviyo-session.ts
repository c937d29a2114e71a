import type { KlaviyoSystem } from "../../core/config.ts";
import type { Context } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import type { Sleep } from "../../systems/http/settings.ts";
import type { WriteClient } from "../../systems/http/write-client.ts";
import { refusedIndexes } from "../../systems/klaviyo/wire.ts";
import { noEffect, retry, unknown } from "./outcome.ts";

/** What the parts of one apply share. */
export type Session = {
  readonly config: KlaviyoSystem;
  readonly http: WriteClient;
  readonly context: Context;
  readonly sleep: Sleep;
};

/**
 * Outcome of the `index`-th record of a call that failed. One call is for many: where Klaviyo points at some records,
 * those are at fault, and the others may be sent again without them.
 */
export function sorted(answer: Exchange & { readonly ok: false }, index: number): WriteOutcome {
  if (answer.effect === "unknown") return unknown(answer.error.message);
  const atFault = refusedIndexes(answer.body);
  if (atFault.size === 0 || atFault.has(index)) return noEffect(answer.error);
  return retry("Klaviyo refused the call because of another person in it");
}
