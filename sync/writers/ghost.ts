import { NOTHING } from "../../core/capabilities.ts";
import type { GhostSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Context, Writer } from "../../core/ports.ts";
import { ghostHttp } from "../../systems/ghost/client.ts";
import type { ConnectorDeps } from "../../systems/http/connector-deps.ts";
import { type WriteClient, writeClient } from "../../systems/http/write-client.ts";
import { hooks, noMails, upTo } from "./forecast.ts";
import { applyOne, type Session } from "./ghost-apply.ts";
import { ghostReadBack } from "./ghost-read-back.ts";
import { applyEach, batchesOfFew, nothingOpen, writeCredential } from "./one-by-one.ts";

/**
 * Writes to Ghost, one member at a time. `add` gives a label, and makes a member that is not there without newsletters:
 * that neither subscribes them nor blocks anything. `remove` takes the label off. `suppress` takes all newsletters off.
 * `set` changes name, note, or the one label of a prefix. Nobody is ever deleted, subscribed or unsuppressed.
 *
 * @throws AuditorError config when there is no write_key or it does not look like one
 */
export function ghostWriter(config: GhostSystem, deps: ConnectorDeps): Writer {
  const writeKey = writeCredential(config.id, "write_key", config.writeKey);
  const open = (context: Context): WriteClient =>
    writeClient(ghostHttp(config, writeKey, deps, context.clock));
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: "member",
      identifiers: ["email"],
      ops: ["suppress", "remove", "add", "set"],
      baseReadable: true,
      consentScope: "list",
      // a cache or a replica in front of Ghost may be behind; Ghost itself is not
      settle: { typicalMs: 0, maxMs: 60_000 },
    },
    batches: batchesOfFew,
    readBack: (people, source, context) => ghostReadBack(config, open(context), people, source, context),
    async apply(batch, source, context) {
      const session: Session = { config, http: open(context), context, label: null };
      return applyEach(batch, session, (change) => applyOne(session, change, source));
    },
    /** Ghost 5 has no automations that a label starts. Webhooks and Zapier are not visible to an integration. */
    async automations() {
      return [];
    },
    async forecast(_source, adds) {
      return [
        noMails("members are made without newsletters, and Ghost is not asked to send its sign-up mail"),
        upTo(adds, "member", "the API does not tell how many members the plan allows"),
        hooks(null, "webhooks and Zapier are not visible to an integration"),
      ];
    },
    async probe(context) {
      // editing a member that cannot exist: 404 proves the right to edit, and nothing is written
      const answer = await open(context).send(
        "PUT",
        `/members/${"0".repeat(24)}/`,
        {},
        { members: [{ note: "" }] },
        context,
      );
      if (answer.ok)
        throw new AuditorError(
          "bad_data",
          config.id,
          "Ghost edited a member that does not exist",
          "check the url",
        );
      if (answer.status !== 404) throw answer.error;
    },
    close: nothingOpen,
  };
}
