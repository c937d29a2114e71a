import type * as core from "../../../core/gate.ts";
import type { GateAnswer } from "../contract.ts";

/** The answer as the API and `plumbline gate --json` give it. */
export const gateView = (a: core.GateAnswer): GateAnswer => ({
  verdict: a.verdict,
  headline: a.headline,
  checkedAt: a.checkedAt,
  send: { ...a.send, includes: a.send.includes.map(refView), excludes: a.send.excludes.map(refView) },
  recipients: a.recipients,
  mustNot: a.mustNot,
  atLeast: a.atLeast,
  atMost: a.atMost,
  asOf: a.asOf,
  reasons: a.reasons.map((r) => ({ ...r })),
});

const refView = (ref: core.GateRef) => ({ name: ref.name, audiences: [...ref.audiences] });
