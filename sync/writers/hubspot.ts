import { NOTHING } from "../../core/capabilities.ts";
import type { HubspotSystem } from "../../core/config.ts";
import { isKind } from "../../core/errors.ts";
import type { Context, Writer } from "../../core/ports.ts";
import type { ConnectorDeps } from "../../systems/http/connector-deps.ts";
import { type WriteClient, writeClient } from "../../systems/http/write-client.ts";
import { HUBSPOT_CAPABILITIES } from "../../systems/hubspot/capabilities.ts";
import { CONTACTS, hubspotHttp, LISTS, listCalled, PAGE, STATUSES } from "../../systems/hubspot/client.ts";
import { liveFlows } from "../../systems/hubspot/marketing.ts";
import { chosenSubscriptions } from "../../systems/hubspot/subscriptions.ts";
import { hooks, noMails } from "./forecast.ts";
import { applyAll, batchesOf } from "./hubspot-apply.ts";
import { hubspotReadBack } from "./hubspot-read-back.ts";
import { nothingOpen, writeCredential } from "./one-by-one.ts";

/**
 * Writes to HubSpot, up to 100 people a call. `add` and `remove` change lists that are kept by hand; nobody becomes a
 * contact by it. `suppress` opts out of the configured type of mail, or of all. `set` writes a property that HubSpot lets
 * be written. Nobody is ever archived, created, subscribed, or made a marketing contact.
 *
 * @throws AuditorError config when there is no write_token
 */
export function hubspotWriter(config: HubspotSystem, deps: ConnectorDeps): Writer {
  const writeToken = writeCredential(config.id, "write_token", config.writeToken);
  const open = (context: Context): WriteClient =>
    writeClient(hubspotHttp(config, writeToken, deps, context.clock));
  const session = async (context: Context) => {
    const http = open(context);
    const subscriptions = await chosenSubscriptions(config, http, context);
    return { config, http, context, subscriptions, single: false, refused: false };
  };
  return {
    system: config.id,
    capabilities: { ...NOTHING, ...HUBSPOT_CAPABILITIES },
    batches: (changes) => batchesOf(changes, PAGE),
    readBack: async (people, source, context) => hubspotReadBack(await session(context), people, source),
    apply: (batch, source, context) => applyAll(() => session(context), batch, source),
    /** Workflows that joining the list starts; null without the scope `automation`. */
    async automations(source, context) {
      if (!("list" in source)) return [];
      const http = open(context);
      try {
        const list = await listCalled(http, config.id, source.list, context);
        const flows = list === null ? [] : await liveFlows(http, config.id, context);
        return flows.filter((f) => f.listIds.includes(list?.id ?? "")).map((f) => f.name);
      } catch (e) {
        if (isKind(e, "auth")) return null;
        throw e;
      }
    },
    async forecast() {
      return [
        noMails("a list that is kept by hand asks nobody; double opt-in is asked by HubSpot’s forms"),
        {
          what: "contacts",
          verdict: "none",
          count: 0,
          text: "nobody becomes a contact or a marketing contact, so the plan’s limit is not touched",
        },
        hooks(null, "webhooks belong to each app by itself"),
      ];
    },
    /** Three writes that cannot have an effect: "not found" or "invalid" proves the right to write, 403 that it lacks. */
    async probe(context) {
      const http = open(context);
      const calls = [
        ["PATCH", `${CONTACTS}/0`, { properties: {} }],
        ["PUT", `${LISTS}/0/memberships/remove`, []],
        ["POST", `${STATUSES}/nobody`, { channel: "EMAIL", subscriptionId: 0, statusState: "UNSUBSCRIBED" }],
      ] as const;
      for (const [method, path, body] of calls) {
        const answer = await http.send(method, path, {}, body, context);
        if (!answer.ok && answer.status !== 404 && answer.status !== 400) throw answer.error;
      }
    },
    close: nothingOpen,
  };
}
