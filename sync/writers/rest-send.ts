import type { Context } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import type { RestSystem } from "../../core/rest-config.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import type { WriteClient } from "../../systems/http/write-client.ts";
import type { Credential } from "../../systems/rest/credential.ts";
import type { RestReader } from "../../systems/rest/reader.ts";
import type { RestPerson } from "../../systems/rest/record.ts";
import { statusVerdict, type Verdict, verdictsOf } from "../../systems/rest/results.ts";
import { fillCall, type Values } from "../../systems/rest/template.ts";
import { failed, noop, refused, refusedForConsent, retry, unknown, WAITS } from "./outcome.ts";
import type { RestIntent } from "./rest-judge.ts";

/** One opened system. */
export type Session = {
  readonly system: RestSystem;
  readonly http: WriteClient;
  readonly reader: RestReader;
  readonly credential: Credential;
  readonly context: Context;
};

/** One record to be changed. */
export type Item = { readonly person: RestPerson; readonly intent: RestIntent };
/** `said` ok: the vendor took it, and only reading back proves it. `halt`: nothing more should be sent. */
export type Sent = { readonly said: "ok" | WriteOutcome; readonly halt: boolean };

/**
 * Sends one call for these records, which share one operation; answers one `Sent` each, in their order. A call that
 * was refused whole, surely without effect, is sent again one by one; anything in doubt is never sent again.
 */
export async function sendTogether(s: Session, items: readonly Item[]): Promise<readonly Sent[]> {
  const [first] = items;
  if (first === undefined) return [];
  const { call } = first.intent;
  const answer = await send(s, items);
  if (answer.ok) {
    const ids = items.map((i) => i.person.id);
    return verdictsOf(s.system.id, call.results, answer.body, ids).map((v) => ({
      said: said(v),
      halt: false,
    }));
  }
  const { error } = answer;
  if (answer.effect === "unknown") return items.map(() => ({ said: unknown(error.message), halt: true }));
  if (error.kind === "rate_limited" || error.kind === "transient" || error.kind === "interrupted")
    return items.map(() => ({
      said: { ...retry(error.message), retryAfterMs: error.retryAfterMs },
      halt: true,
    }));
  const meant = statusVerdict(call, answer.status);
  if (items.length > 1 && (meant !== null || error.kind === "permanent")) {
    s.context.log.info("rest.one_by_one", {
      system: s.system.id,
      runId: s.context.runId,
      people: items.length,
    });
    const each: Sent[] = [];
    for (const item of items) {
      const halted = each.at(-1)?.halt === true;
      each.push(
        halted
          ? { said: WAITS, halt: true }
          : ((await sendTogether(s, [item]))[0] ?? { said: unknown("no answer"), halt: true }),
      );
    }
    return each;
  }
  if (meant !== null) return items.map(() => ({ said: said(meant), halt: false }));
  return items.map(() => ({
    said: failed(error.message),
    halt: error.kind === "auth" || error.kind === "config",
  }));
}

async function send(s: Session, items: readonly Item[]): Promise<Exchange> {
  const [first] = items;
  const { call, values } = first?.intent ?? { call: null, values: {} };
  if (call === null) throw new RangeError("nothing to send");
  const people = items.map(valuesOf);
  const filled = fillCall(
    s.system.id,
    call.call,
    call.batch > 1
      ? { values: { ...values, ...together(items) }, each: people }
      : { values: { ...values, ...people[0] } },
  );
  if (filled.verb === "GET") throw new RangeError("a write is no GET");
  const { verb } = filled;
  const once = () => s.http.send(verb, filled.path, filled.query, filled.body ?? null, s.context);
  const answer = await once();
  // 401: surely without effect; a token may just have run out
  return !answer.ok && answer.status === 401 && s.credential.refused() ? once() : answer;
}

const valuesOf = (item: Item): Values => ({
  ...item.intent.values,
  ...item.person.identifiers,
  id: item.person.id,
});

/** Lists of what all of them have; an identifier that somebody lacks has no list. */
function together(items: readonly Item[]): Values {
  const lists: Record<string, readonly string[]> = { ids: items.map((i) => i.person.id) };
  for (const kind of ["email", "phone", "customer_id"] as const) {
    const all = items.flatMap((i) => i.person.identifiers[kind] ?? []);
    if (all.length === items.length) lists[`${kind}s`] = all;
  }
  return lists;
}

function said(v: Verdict): "ok" | WriteOutcome {
  switch (v) {
    case "ok":
      return "ok";
    case "noop":
      return noop("the vendor says that it was so already");
    case "refused":
      return refused("the vendor refuses this change");
    case "consent":
      return refusedForConsent("the vendor refuses this change because of consent");
    case "failed":
      return failed("the vendor says that this change failed");
    case "unknown":
      return unknown("the vendor's answer says nothing about this person");
  }
}
