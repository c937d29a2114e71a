import type { HubspotSystem } from "../core/config.ts";
import type { ChangeFact } from "../core/facts.ts";
import type { Instant } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { contactsChangedSince, historiesOf } from "../systems/hubspot/client.ts";
import { instantOf } from "../systems/hubspot/member.ts";
import type { HubspotChange } from "../systems/hubspot/wire.ts";

const WEEK_MS = 7 * 86_400_000;

/**
 * Who changed tracked attributes in the last seven days, by the histories of the 200 contacts that changed last: a
 * sample, since a history costs a fiftieth of a request.
 */
export async function hubspotChanges(
  config: HubspotSystem,
  http: ReadClient,
  context: Context,
): Promise<readonly ChangeFact[]> {
  const fields = Object.entries(config.attributes);
  const sinceMs = context.clock.now().getTime() - WEEK_MS;
  const ids = fields.length === 0 ? [] : await contactsChangedSince(http, config.id, sinceMs, context);
  const facts = new Map<string, ChangeFact>();
  const properties = [...new Set(fields.map(([, field]) => field))];
  for (const contact of await historiesOf(http, config.id, ids, properties, context)) {
    for (const [attribute, field] of fields) {
      const latest = contact.history[field]?.[0];
      const at = latest === undefined ? null : instantOf(latest.at);
      if (latest === undefined || at === null || Date.parse(at) < sinceMs) continue;
      count(facts, attribute, sourceOf(latest), at);
    }
  }
  return [...facts.values()];
}

function count(facts: Map<string, ChangeFact>, attribute: string, source: string, at: Instant): void {
  const key = `${attribute}\n${source}`;
  const before = facts.get(key);
  const latestAt = before !== undefined && before.latestAt > at ? before.latestAt : at;
  facts.set(key, { attribute, source, records: (before?.records ?? 0) + 1, latestAt });
}

/** Labels of apps and workflows name writers; those of people (CRM_UI) and of files could name persons. */
const sourceOf = (c: HubspotChange): string =>
  c.sourceLabel !== null && /^(INTEGRATION|AUTOMATION|WORKFLOW|API)/.test(c.sourceType)
    ? `${c.sourceType}: ${c.sourceLabel}`
    : c.sourceType;
