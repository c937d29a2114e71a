import { NOTHING } from "../core/capabilities.ts";
import { nowOf } from "../core/clock.ts";
import type { MailmanSystem } from "../core/config.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import type { Instant, MemberRow, Page, ReadTarget, TargetEnd } from "../core/model.ts";
import type { Collector } from "../core/ports.ts";
import { readClient } from "../systems/http/read-client.ts";
import { bansOf, isList, listsOf, type MailmanDeps, mailmanHttp, PAGE } from "../systems/mailman/client.ts";
import { isMailmanSource, type MailmanSource } from "../systems/mailman/member.ts";
import type { MailmanList } from "../systems/mailman/wire.ts";
import { type ListReading, readList, type Session } from "./mailman-list.ts";
import { gather, isSuppressed, membershipRow, personRow, type Someone } from "./mailman-row.ts";

/** What Mailman cannot do, for people. */
export const MAILMAN_CANNOT: readonly string[] = [
  "Mailman does not tell when somebody joined a list",
  "Who Plumbline adds to a list is not sent mail until they switch it on: being on a list with delivery is consent",
  "Bans by pattern are not read as people; Mailman itself keeps those out",
];

/**
 * Reads a Mailman 3 server: lists as segments, delivery and bans as consent. Holds a client that can only GET. A list that
 * several targets need is read once; the base and the suppressed are all lists together, one row an address.
 */
export function mailmanCollector(config: MailmanSystem, deps: MailmanDeps): Collector {
  const patterns = new Map<string, number>();
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: config.writePassword === null ? "none" : "member",
      identifiers: ["email"],
      ops: config.writePassword === null ? [] : ["suppress", "remove", "add", "set"],
      baseReadable: true,
      consentScope: "list",
      cannot: MAILMAN_CANNOT,
    },
    async *read(targets, context): AsyncGenerator<Page> {
      const sources = targets.map((t) => sourceOf(config, t));
      const http = readClient(mailmanHttp(config, config.password, deps, context.clock));
      const session: Session = { where: config.id, http, context, pageSize: deps.pageSize ?? PAGE };
      const asOf = nowOf(context.clock);
      const lists = await listsOf({ http, where: config.id, call: context });
      const everywhere = await bansOf({ http, where: config.id, call: context }, null);
      const all = sources.some((s) => !("list" in s));
      const wanted = lists.filter((l) => all || sources.some((s) => "list" in s && isList(l, s.list)));
      const absent = sources.flatMap((s, i) =>
        "list" in s && !lists.some((l) => isList(l, s.list)) ? [absentEnd(i, s.list)] : [],
      );
      if (absent.length > 0) yield { items: [], asOf, ends: absent };
      const people = new Map<string, Someone>();
      for (const email of everywhere.addresses)
        people.set(email, { email, member: null, standings: [], banned: true });
      const broken: string[] = [];
      let enumerated = 0;
      for (const list of wanted) {
        const of = sources.flatMap((s, i) => ("list" in s && isList(list, s.list) ? [i] : []));
        const reading = await readOrBreak(session, list, everywhere.addresses, enumerated > 0);
        if (reading instanceof AuditorError) {
          broken.push(`${list.id}: ${reading.message}`);
          yield { items: [], asOf, ends: of.map((i) => brokenEnd(i, reading)) };
          continue;
        }
        enumerated += reading.members.length;
        patterns.set(list.address, reading.patterns);
        if (!reading.complete) broken.push(`${list.id}: ${reading.because}`);
        if (all) gather(people, reading);
        yield* listPages(config, reading, of, asOf, session);
      }
      patterns.set("the whole server", everywhere.patterns);
      const whole = sources.flatMap((s, i) => ("list" in s ? [] : [{ i, suppressed: "suppressed" in s }]));
      if (whole.length > 0) yield* peoplePages(config, people, whole, wanted, broken, asOf, session);
    },
    async warnings() {
      return [...patterns].flatMap(([where, n]) =>
        n === 0 ? [] : [`${config.id}: ${n} bans by pattern on ${where} are not read as people`],
      );
    },
    async close() {
      // fetch keeps nothing of ours open
    },
  };
}

function sourceOf(config: MailmanSystem, t: ReadTarget): MailmanSource {
  if (t.kind === "base") return { all: true };
  if (isMailmanSource(t.source)) return t.source;
  throw new AuditorError(
    "config",
    `${config.id}: ${t.audience}`,
    "this segment is not of a kind that Mailman has",
    "use list, suppressed or all",
  );
}

/** What was read of other lists stays valid when this one fails. */
async function readOrBreak(
  s: Session,
  list: MailmanList,
  everywhere: ReadonlySet<string>,
  others: boolean,
): Promise<ListReading | AuditorError> {
  try {
    return await readList(s, list, everywhere);
  } catch (e) {
    if (others && e instanceof AuditorError && !isKind(e, "interrupted", "auth")) return e;
    throw e;
  }
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

async function* listPages(
  config: MailmanSystem,
  reading: ListReading,
  of: readonly number[],
  asOf: Instant,
  s: Session,
): AsyncGenerator<Page> {
  if (of.length === 0) return;
  for (const some of slices(reading.members, s.pageSize)) {
    yield { items: some.map((m) => membershipRow(config, reading, m, of)), asOf, ends: [] };
    stopped(s);
  }
  const ends = of.map(
    (target): TargetEnd => ({
      target,
      coverage: reading.complete ? "complete" : "partial",
      declaredTotal: reading.declared,
      enumerated: reading.members.length,
      because: reading.because,
      fields: reading.fields,
    }),
  );
  yield { items: [], asOf, ends };
}

async function* peoplePages(
  config: MailmanSystem,
  people: ReadonlyMap<string, Someone>,
  whole: readonly { readonly i: number; readonly suppressed: boolean }[],
  lists: readonly MailmanList[],
  broken: readonly string[],
  asOf: Instant,
  s: Session,
): AsyncGenerator<Page> {
  const counts = new Map(whole.map(({ i }) => [i, 0]));
  for (const some of slices([...people.values()], s.pageSize)) {
    const items: MemberRow[] = [];
    for (const p of some) {
      const off = isSuppressed(p);
      const of = whole.filter(({ suppressed }) => off || !suppressed).map(({ i }) => i);
      for (const i of of) counts.set(i, (counts.get(i) ?? 0) + 1);
      if (of.length > 0) items.push(personRow(config, p, of));
    }
    yield { items, asOf, ends: [] };
    stopped(s);
  }
  const ends = whole.map(
    ({ i }): TargetEnd => ({
      target: i,
      coverage: broken.length === 0 ? "complete" : "partial",
      declaredTotal: null,
      enumerated: counts.get(i) ?? 0,
      because:
        broken.length === 0
          ? `all ${lists.length} lists were read to their end, and ${people.size} addresses are on them or banned`
          : `${broken.length} of ${lists.length} lists are not whole: ${broken[0]}`,
      fields: people.size === 0 ? {} : { email: "text", display_name: "text", delivery_mode: "text" },
    }),
  );
  yield { items: [], asOf, ends };
}

const absentEnd = (target: number, list: string): TargetEnd => ({
  target,
  coverage: "unusable",
  declaredTotal: null,
  enumerated: 0,
  fields: {},
  // a list's own address names nobody, but an error must not look as if it did
  because: `Mailman has no list "${list.replace("@", " at ")}": make it there, or correct the segment`,
});

const brokenEnd = (target: number, e: AuditorError): TargetEnd => ({
  target,
  coverage: "unusable",
  declaredTotal: null,
  enumerated: 0,
  fields: {},
  because: e.message,
});

function stopped(s: Session): void {
  if (s.context.signal.aborted)
    throw new AuditorError("interrupted", s.where, "stopped while reading", "run it again");
}
