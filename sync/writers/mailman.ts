import { NOTHING } from "../../core/capabilities.ts";
import type { MailmanSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Context, Writer } from "../../core/ports.ts";
import { type WriteClient, writeClient } from "../../systems/http/write-client.ts";
import {
  isList,
  joinSettingsOf,
  listsOf,
  type MailmanDeps,
  mailmanHttp,
} from "../../systems/mailman/client.ts";
import { hooks, noMails } from "./forecast.ts";
import { applyOne, type Session } from "./mailman-apply.ts";
import { mailmanReadBack } from "./mailman-read-back.ts";
import { applyEach, batchesOfFew, nothingOpen, writeCredential } from "./one-by-one.ts";

/**
 * Writes to Mailman 3, one person at a time. `add` makes a membership whose delivery is off, `remove` takes one away
 * without a goodbye, `suppress` switches delivery off on every list, `set` changes the display name. Nobody's delivery is
 * ever switched on, no ban is lifted, and no mail is caused.
 *
 * @throws AuditorError config when there is no write_password
 */
export function mailmanWriter(config: MailmanSystem, deps: MailmanDeps): Writer {
  const writePassword = writeCredential(config.id, "write_password", config.writePassword);
  const open = (context: Context): WriteClient =>
    writeClient(mailmanHttp(config, writePassword, deps, context.clock));
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      leavesNoRecord: true,
      read: "stream",
      write: "member",
      identifiers: ["email"],
      ops: ["suppress", "remove", "add", "set"],
      baseReadable: true,
      consentScope: "list",
    },
    batches: batchesOfFew,
    readBack: (people, source, context) => mailmanReadBack(config, open(context), people, source, context),
    async apply(batch, source, context) {
      const session: Session = { config, http: open(context), context, lists: null, bans: new Map() };
      return applyEach(batch, session, (change) => applyOne(session, change, source));
    },
    /** Mailman starts nothing when somebody joins, but its welcome, which is switched off for whom we add. */
    async automations() {
      return [];
    },
    async forecast(source, adds, context) {
      const http = open(context);
      const where = { http, where: config.id, call: context };
      const list = "list" in source ? (await listsOf(where)).find((l) => isList(l, source.list)) : undefined;
      const settings = list === undefined ? null : await joinSettingsOf(where, list.id);
      const policy = settings?.policy == null ? "" : `; by itself the list’s policy is “${settings.policy}”`;
      return [
        noMails(`added as confirmed and without the welcome${policy}`),
        {
          what: "contacts",
          verdict: "some",
          count: adds,
          text: `up to ${adds.toLocaleString("en-US")} new ${adds === 1 ? "membership" : "memberships"}; Mailman has no limit`,
        },
        settings?.ownersTold == null
          ? hooks(null, "the list’s settings could not be read")
          : hooks(settings.ownersTold ? ["the list’s owners"] : [], "gets a mail for each who joins"),
      ];
    },
    async probe(context) {
      // changing a membership that cannot exist: 404 proves the right to, and nothing is written
      const path = `/members/${"0".repeat(32)}/preferences`;
      const answer = await open(context).send("PATCH", path, {}, { hide_address: "true" }, context);
      if (answer.ok)
        throw new AuditorError(
          "bad_data",
          config.id,
          "Mailman changed a membership that does not exist",
          "check the url",
        );
      if (answer.status !== 404) throw answer.error;
    },
    close: nothingOpen,
  };
}
