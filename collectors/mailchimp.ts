import { NOTHING } from "../core/capabilities.ts";
import { nowOf } from "../core/clock.ts";
import type { MailchimpSystem } from "../core/config.ts";
import type { Instant, Page, TargetEnd } from "../core/model.ts";
import type { Collector, Context } from "../core/ports.ts";
import type { ConnectorDeps } from "../systems/http/connector-deps.ts";
import { type ReadClient, readClient } from "../systems/http/read-client.ts";
import { mailchimpField } from "../systems/mailchimp/attribute.ts";
import { listOf, mailchimpHttp } from "../systems/mailchimp/client.ts";
import { type Stretch, walk } from "../systems/mailchimp/walk.ts";
import { fieldNotes } from "./field-types.ts";
import { mailchimpFacts } from "./mailchimp-facts.ts";
import { type Pass, passesOf } from "./mailchimp-passes.ts";
import { type Fields, fieldsOf, mailchimpRow } from "./mailchimp-row.ts";

/** What Mailchimp cannot do, or does not tell; shown with its capabilities. */
export const MAILCHIMP_CANNOT: readonly string[] = [
  "Archived contacts are not read: Mailchimp hides whether they had unsubscribed",
  "Who is pending is not listed under a tag or segment, so their membership cannot be told",
  "Mailchimp does not tell when somebody joined a tag or unsubscribed",
  "Saved segments are rules: nobody can be added or removed",
  "Customer journeys are not in the API, so which of them a tag starts cannot be told",
];

/**
 * Reads one Mailchimp audience: members with status (= consent), tags and segments. Holds a client that can only GET.
 * What the status tells of several targets is read in one pass; each tag or segment is a pass of its own, since a member
 * shows at most 50 tags inline.
 */
export function mailchimpCollector(config: MailchimpSystem, deps: ConnectorDeps): Collector {
  const fields = Object.entries(config.attributes).map(
    ([name, field]) => [name, mailchimpField(field)] as const,
  );
  const open = (context: Context): ReadClient =>
    readClient(mailchimpHttp(config, config.key, deps, context.clock));
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: config.writeKey === null ? "none" : "member",
      identifiers: ["email"],
      ops: config.writeKey === null ? [] : ["suppress", "remove", "add", "set"],
      consentScope: "list",
      baseReadable: true,
      cannot: MAILCHIMP_CANNOT,
    },
    async *read(targets, context): AsyncGenerator<Page> {
      const http = open(context);
      const asOf = nowOf(context.clock);
      // an audience that is not there is told as such, not as an empty one
      const list = await listOf(http, config, context);
      const { passes, ends } = await passesOf(config, targets, http, context);
      if (ends.length > 0) yield { items: [], asOf, ends };
      for (const pass of passes)
        yield* readPass(
          config,
          fields,
          { ...pass, counted: pass.counted ?? list.subscribed },
          asOf,
          http,
          context,
        );
    },
    facts: (targets, context) => mailchimpFacts(config, targets, open(context), context),
    /** Nothing: Mailchimp has no read-only key, so "this key can write" would never go away. */
    async warnings() {
      return [];
    },
    async close() {
      // fetch keeps nothing of ours open
    },
  };
}

async function* readPass(
  config: MailchimpSystem,
  fields: Fields,
  pass: Pass,
  asOf: Instant,
  http: ReadClient,
  context: Context,
): AsyncGenerator<Page> {
  const notes = fieldNotes();
  let read = 0;
  const ended = (stretch: Stretch, end: NonNullable<Stretch["end"]>): readonly TargetEnd[] =>
    pass.wanted.map((w) => ({
      target: w.index,
      coverage: end.complete ? "complete" : "partial",
      because: end.because,
      enumerated: w.count,
      fields: notes.types(),
      declaredTotal: pass.exact ? stretch.total : null,
    }));
  for await (const stretch of walk({ where: config.id, path: pass.path, query: pass.query }, http, context)) {
    const items = stretch.members.flatMap((m) => {
      notes.note(fieldsOf(m));
      const of = pass.wanted.filter((w) => w.takes(m));
      for (const w of of) w.count++;
      return of.length === 0
        ? []
        : [
            mailchimpRow(
              m,
              config,
              fields,
              of.map((w) => w.index),
            ),
          ];
    });
    const end = stretch.end === null ? null : believed(stretch, stretch.end, pass);
    if (end !== null && !end.complete)
      context.log.warn("mailchimp.incomplete", {
        system: config.id,
        runId: context.runId,
        declared: stretch.total,
      });
    read += stretch.members.length;
    yield {
      items,
      asOf,
      ends: end === null ? [] : ended(stretch, end),
      progress: { read, total: stretch.total },
    };
  }
}

/** Nobody at all is believed only where Mailchimp's own count does not contradict it. */
function believed(
  stretch: Stretch,
  end: NonNullable<Stretch["end"]>,
  pass: Pass,
): NonNullable<Stretch["end"]> {
  if (!end.complete || stretch.total > 0 || (pass.counted ?? 0) === 0) return end;
  return {
    complete: false,
    because: `the answer is empty, but Mailchimp itself counts ${pass.counted} subscribed members here`,
  };
}
