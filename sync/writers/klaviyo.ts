import { NOTHING } from "../../core/capabilities.ts";
import type { KlaviyoSystem } from "../../core/config.ts";
import { AuditorError, isKind } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Context, OpenChange, Writer } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import type { ConnectorDeps } from "../../systems/http/connector-deps.ts";
import { sleepFor } from "../../systems/http/settings.ts";
import { type WriteClient, writeClient } from "../../systems/http/write-client.ts";
import { flowsStartedBy, klaviyoHttp, optInOf } from "../../systems/klaviyo/client.ts";
import { groupOf, isKlaviyoSource } from "../../systems/klaviyo/source.ts";
import { hooks, noMails } from "./forecast.ts";
import { isIntent, judge } from "./klaviyo-judge.ts";
import { changeMembership } from "./klaviyo-membership.ts";
import { groupCalled, klaviyoReadBack } from "./klaviyo-read-back.ts";
import type { Session } from "./klaviyo-session.ts";
import { setField } from "./klaviyo-set.ts";
import { suppress } from "./klaviyo-suppress.ts";
import { nothingOpen, writeCredential } from "./one-by-one.ts";
import { WAITS } from "./outcome.ts";

/** Klaviyo takes 1000 ids to a list and 100 addresses to a suppression (API description 2026-07-15); a stop should not have to wait for more than 100. */
const MANY = 100;
/** Each `set` is a call of its own. */
const FEW = 10;

/**
 * Writes to Klaviyo. `add` and `remove` change a list by profile id and nothing else. `suppress` suppresses the address
 * everywhere. `set` changes one field. Nobody is created, subscribed, unsubscribed, unsuppressed or deleted.
 *
 * @throws AuditorError config when there is no write_key or it does not look like one
 */
export function klaviyoWriter(config: KlaviyoSystem, deps: ConnectorDeps): Writer {
  const writeKey = writeCredential(config.id, "write_key", config.writeKey);
  const open = (context: Context): WriteClient =>
    writeClient(klaviyoHttp(config, writeKey, deps, context.clock));
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: "batch",
      ops: ["suppress", "remove", "add", "set"],
      maxBatch: { suppress: MANY, remove: MANY, add: MANY },
      identifiers: ["email", "phone", "customer_id"],
      consentScope: "channel",
      joinedAt: true,
      baseReadable: true,
      settle: { typicalMs: 5_000, maxMs: 120_000 },
    },
    batches: runs,
    readBack: (people, source, context) => klaviyoReadBack(config, open(context), people, source, context),
    async apply(batch, source, context) {
      const session: Session = { config, http: open(context), context, sleep: deps.sleep ?? sleepFor };
      const outcomes: WriteOutcome[] = [];
      let halted = false;
      for (const run of runs(batch)) {
        const done: readonly WriteOutcome[] = halted
          ? run.map(() => WAITS)
          : await applyRun(session, run, source);
        outcomes.push(...done);
        // Klaviyo refuses for load or is away: asking again for each person would only hammer it
        halted ||= done.some((o) => o.status === "retry");
      }
      return outcomes;
    },
    async automations(source, context) {
      const named = isKlaviyoSource(source) ? groupOf(source) : null;
      if (named === null) return [];
      try {
        const group = await groupCalled(config, open(context), named, context);
        const flows = await flowsStartedBy(open(context), config.id, group, context);
        return flows.filter((f) => f.live).map((f) => f.name);
      } catch (e) {
        if (!isKind(e, "auth", "permanent", "config", "bad_data", "transient", "rate_limited")) throw e;
        context.log.warn("klaviyo.automations_unknown", {
          system: config.id,
          runId: context.runId,
          kind: e.kind,
        });
        return null;
      }
    },
    async forecast(source, _adds, context) {
      const named = isKlaviyoSource(source) ? groupOf(source) : null;
      const http = open(context);
      const group = named?.kind === "list" ? await groupCalled(config, http, named, context) : null;
      const optIn = group === null ? null : await optInOf(http, config.id, group.id, context);
      const asks =
        optIn === null
          ? ""
          : `; the list’s own forms ask ${optIn === "double" ? "to confirm (double opt-in)" : "for no confirmation (single opt-in)"}`;
      return [
        noMails(`people are put on the list, not subscribed${asks}`),
        {
          what: "contacts",
          verdict: "none",
          count: 0,
          text: "no profile is made, so the plan’s limit is not touched",
        },
        hooks(null, "webhooks are not read"),
      ];
    },
    probe: (context) => probe(config, open(context), context),
    close: nothingOpen,
  };
}

/** Changes that stand together and are one call's worth. */
function runs(changes: readonly OpenChange[]): readonly (readonly OpenChange[])[] {
  const all: OpenChange[][] = [];
  for (const change of changes) {
    const last = all.at(-1);
    const most = change.op === "set" ? FEW : MANY;
    if (last !== undefined && last[0]?.op === change.op && last.length < most) last.push(change);
    else all.push([change]);
  }
  return all;
}

/** One run: all of one kind on one segment, so all but `set` are judged alike. */
async function applyRun(
  s: Session,
  run: readonly OpenChange[],
  source: SegmentSource,
): Promise<readonly WriteOutcome[]> {
  const [first] = run;
  if (first === undefined) return [];
  const judged = judge(first, source, s.config.attributes);
  if (first.op === "set") return setAll(s, run, source);
  if (!isIntent(judged)) return run.map(() => judged);
  if (judged.kind === "add" || judged.kind === "remove")
    return changeMembership(s, judged.kind, judged.list, run);
  return suppress(s, run);
}

async function setAll(
  s: Session,
  run: readonly OpenChange[],
  source: SegmentSource,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const change of run) {
    const intent = judge(change, source, s.config.attributes);
    if (!isIntent(intent)) outcomes.push(intent);
    else if (outcomes.at(-1)?.status === "retry") outcomes.push(WAITS);
    else if (intent.kind === "set") outcomes.push(await setField(s, change, intent));
  }
  return outcomes;
}

/**
 * Writes to a profile and a list that cannot exist: 404 (or 400, for what was sent) comes only after Klaviyo has seen
 * that the key may write. The right to suppress cannot be tried without doing it.
 */
async function probe(config: KlaviyoSystem, http: WriteClient, context: Context): Promise<void> {
  const id = "0".repeat(26);
  const profile = { data: { type: "profile", id, attributes: {} } };
  const answers = [
    await http.send("PATCH", `/profiles/${id}`, {}, profile, context),
    await http.send("POST", "/lists/000000/relationships/profiles", {}, { data: [] }, context),
  ];
  for (const answer of answers) {
    if (answer.ok)
      throw new AuditorError("bad_data", config.id, "Klaviyo changed what does not exist", "check the url");
    if (answer.status !== 404 && answer.status !== 400) throw answer.error;
  }
}
