import { NOTHING } from "../../core/capabilities.ts";
import type { MailmanSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Context, Writer } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { type WriteClient, writeClient } from "../../systems/http/write-client.ts";
import { type MailmanDeps, mailmanHttp } from "../../systems/mailman/client.ts";
import { applyOne, type Session } from "./mailman-apply.ts";
import { mailmanReadBack } from "./mailman-read-back.ts";
import { failed, retry } from "./outcome.ts";

/** Few, so that a stop takes effect within a second or two: each change is a read, a write and a read. */
const BATCH = 10;

/**
 * Writes to Mailman 3, one person at a time. `add` makes a membership whose delivery is off, `remove` takes one away
 * without a goodbye, `suppress` switches delivery off on every list, `set` changes the display name. Nobody's delivery is
 * ever switched on, no ban is lifted, and no mail is caused.
 *
 * @throws AuditorError config when there is no write_password
 */
export function mailmanWriter(config: MailmanSystem, deps: MailmanDeps): Writer {
  const { writePassword } = config;
  if (writePassword === null)
    throw new AuditorError(
      "config",
      config.id,
      "no write_password is set, so nothing is written here",
      "set write_password to allow repairs",
    );
  const open = (context: Context): WriteClient =>
    writeClient(mailmanHttp(config, writePassword, deps, context.clock));
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
    },
    batches(changes) {
      return Array.from({ length: Math.ceil(changes.length / BATCH) }, (_, i) =>
        changes.slice(i * BATCH, (i + 1) * BATCH),
      );
    },
    readBack: (people, source, context) => mailmanReadBack(config, open(context), people, source, context),
    async apply(batch, source, context) {
      const session: Session = { config, http: open(context), context, lists: null, bans: new Map() };
      const outcomes: WriteOutcome[] = [];
      let halt: WriteOutcome | null = null;
      for (const change of batch) {
        const done = halt ?? (await applyOne(session, change, source));
        outcomes.push(done);
        // the server refuses or is away: asking again for each person would only hammer it
        if (halt === null && done.status === "retry")
          halt = retry("not sent: an earlier change of this batch has to wait");
        if (halt === null && done.because !== null && session.refusedKey === true)
          halt = failed(done.because);
      }
      return outcomes;
    },
    /** Mailman starts nothing when somebody joins, but its welcome, which is switched off for whom we add. */
    async automations() {
      return [];
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
    async close() {
      // fetch keeps nothing of ours open
    },
  };
}
