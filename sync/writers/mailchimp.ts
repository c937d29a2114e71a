import { NOTHING } from "../../core/capabilities.ts";
import type { MailchimpSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Context, Writer } from "../../core/ports.ts";
import type { ConnectorDeps } from "../../systems/http/connector-deps.ts";
import { type WriteClient, writeClient } from "../../systems/http/write-client.ts";
import {
  apiWebhooks,
  listOf,
  mailchimpHttp,
  mergeFieldsOf,
  paths,
  segmentsOf,
} from "../../systems/mailchimp/client.ts";
import { isSegmented, isStatusSource } from "../../systems/mailchimp/member.ts";
import { segmentFor } from "../../systems/mailchimp/segment.ts";
import type { MailchimpSegment } from "../../systems/mailchimp/wire.ts";
import { hooks, noMails, upTo } from "./forecast.ts";
import { applyOne, type Session } from "./mailchimp-apply.ts";
import { mailchimpReadBack } from "./mailchimp-read-back.ts";
import { applyEach, batchesOfFew, nothingOpen, writeCredential } from "./one-by-one.ts";
import { notSent } from "./outcome.ts";

/**
 * Writes to one Mailchimp audience, one member at a time. `add` gives a tag (`is_syncing`, so that nothing starts by it),
 * and makes a record for who is not there as `transactional`, which is no consent. `remove` takes the tag off. `suppress`
 * sets `unsubscribed`, which nothing here sets back. `set` changes one merge field. Nobody is ever subscribed, asked to
 * confirm, archived or deleted.
 *
 * @throws AuditorError config when there is no write_key, or it does not tell its data centre
 */
export function mailchimpWriter(config: MailchimpSystem, deps: ConnectorDeps): Writer {
  const writeKey = writeCredential(config.id, "write_key", config.writeKey);
  const open = (context: Context): WriteClient =>
    writeClient(mailchimpHttp(config, writeKey, deps, context.clock));
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: "member",
      identifiers: ["email"],
      ops: ["suppress", "remove", "add", "set"],
      consentScope: "list",
      baseReadable: true,
      settle: { typicalMs: 0, maxMs: 60_000 },
    },
    batches: batchesOfFew,
    async readBack(people, source, context) {
      if (!isStatusSource(source) && !isSegmented(source)) throw notOurs(config);
      if (people.length === 0) return [];
      const http = open(context);
      await listOf(http, config, context);
      const segment = await lookUp(config, http, source, context);
      return mailchimpReadBack(config, http, people, source, segment, context);
    },
    async apply(batch, source, context) {
      const http = open(context);
      let session: Session;
      try {
        await listOf(http, config, context);
        session = {
          config,
          http,
          context,
          source,
          segment: await lookUp(config, http, source, context),
          merge: batch.some((c) => c.op === "set") ? await mergeFieldsOf(http, config, context) : [],
        };
      } catch (e) {
        const all = notSent(e);
        return batch.map(() => all);
      }
      return applyEach(batch, session, (change) => applyOne(session, change));
    },
    /** null, always: journeys that a tag starts are not in the API. What we send asks Mailchimp not to start them. */
    async automations() {
      return null;
    },
    async forecast(_source, adds, context) {
      const http = open(context);
      const { doubleOptIn } = await listOf(http, config, context);
      const asks = `its own forms ask ${doubleOptIn === null ? "what this key cannot see" : doubleOptIn ? "to confirm (double opt-in)" : "for no confirmation (single opt-in)"}`;
      return [
        noMails(`a new record is “transactional”, which is no sign-up; ${asks}`),
        upTo(adds, "record", "the API does not tell how many contacts the plan allows"),
        hooks(await apiWebhooks(http, config, context), "is told of changes by the API"),
      ];
    },
    async probe(context) {
      const http = open(context);
      await listOf(http, config, context);
      // editing a member that cannot exist: 404 proves the right to edit, and nothing is written
      const answer = await http.send("PATCH", paths(config.list).member("0".repeat(32)), {}, {}, context);
      if (answer.ok)
        throw new AuditorError(
          "bad_data",
          config.id,
          "Mailchimp edited a member that does not exist",
          "check the url",
        );
      if (answer.status !== 404) throw answer.error;
    },
    close: nothingOpen,
  };
}

/** The tag or segment that the source names; null: it names none, or the audience has none of it. */
async function lookUp(
  config: MailchimpSystem,
  http: WriteClient,
  source: SegmentSource,
  context: Context,
): Promise<MailchimpSegment | null> {
  return isSegmented(source) ? segmentFor(await segmentsOf(http, config, context), source) : null;
}

const notOurs = (config: MailchimpSystem): AuditorError =>
  new AuditorError(
    "config",
    config.id,
    "this segment is not of a kind that Mailchimp has",
    "use tag, segment, subscribed: true, suppressed or all",
  );
