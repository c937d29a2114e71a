import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import type { RestSystem, RestWriteCall } from "../../core/rest-config.ts";
import { type RestSource, restSource } from "../../systems/rest/source.ts";
import type { Values } from "../../systems/rest/template.ts";
import { namesUsed } from "../../systems/rest/template.ts";
import { bearsConsent } from "./consent-fields.ts";
import { failed, refused, refusedForConsent } from "./outcome.ts";

/** What is to be sent for a change; `values` beyond those of the person: the segment's name, field and value. */
export type RestIntent = { readonly call: RestWriteCall; readonly values: Values };

/** Segments that are consent by another name: only people themselves come and go there. */
const CONSENT_KINDS: readonly string[] = ["subscribed", "suppressed"];

/** What a change means in a REST system, or why it is refused. Pure. */
export function judge(
  change: OpenChange,
  source: SegmentSource,
  system: RestSystem,
): RestIntent | WriteOutcome {
  const { write } = system;
  const call = write?.[change.op] ?? null;
  if (write === null || call === null)
    return refused(`the configuration of ${system.id} has no call for ${change.op}`);
  const at = restSource(system.id, source);
  switch (change.op) {
    case "suppress":
      return usable(call, at.values, system);
    case "add":
    case "remove":
      return judgeMembership(change.op, call, at, system);
    case "set":
      return judgeSet(change, call, at, system);
  }
}

export const isIntent = (j: RestIntent | WriteOutcome): j is RestIntent => "call" in j;

function judgeMembership(
  op: "add" | "remove",
  call: RestWriteCall,
  at: RestSource,
  system: RestSystem,
): RestIntent | WriteOutcome {
  if (CONSENT_KINDS.includes(at.kind))
    return op === "add"
      ? refusedForConsent(
          "this segment is consent: only the person can join it, and `suppress` is the way out",
        )
      : refusedForConsent(
          "leaving this segment could let people be contacted, or is an opt-out without evidence",
        );
  if (at.kind === "all" || at.name === null)
    return refused("everybody is in this segment; nobody is made or deleted by Plumbline");
  return usable(call, at.values, system);
}

function judgeSet(
  change: OpenChange,
  call: RestWriteCall,
  at: RestSource,
  system: RestSystem,
): RestIntent | WriteOutcome {
  const name = change.attribute ?? "";
  const fields = system.write?.set?.fields ?? {};
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const path = Object.hasOwn(system.attributes, name) ? system.attributes[name] : undefined;
  const bearing = [name, field, path].find((text) => text !== undefined && bearsConsent(text));
  const consentPaths = [...system.record.consent.map((c) => c.path), system.record.mailable];
  if (bearing !== undefined || (path !== undefined && consentPaths.includes(path)))
    return refusedForConsent(`"${name}" decides whether or what a person is sent; Plumbline does not set it`);
  if (field === undefined || path === undefined)
    return failed(`attribute "${name}" has no field under write.set.fields of ${system.id}`);
  return usable(call, { ...at.values, field, value: change.value }, system);
}

/** A call that names a list cannot serve a tag: the name it needs is not there. */
function usable(call: RestWriteCall, values: Values, system: RestSystem): RestIntent | WriteOutcome {
  const missing = namesUsed(call.call).find(
    (n) => ["list", "segment", "tag"].includes(n) && !Object.hasOwn(values, n),
  );
  return missing === undefined
    ? { call, values }
    : refused(`the call of ${system.id} is for a ${missing}, and this segment is none`);
}
