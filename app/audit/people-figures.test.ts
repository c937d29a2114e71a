import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Audience } from "../../core/config.ts";
import {
  type AudienceId,
  type ConsentState,
  type Instant,
  type Snapshot,
  systemId,
} from "../../core/model.ts";
import { compareSets } from "../../members/compare-sets.ts";
import { openSet } from "../../members/member-set.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import { AUDIENCE, CONFIG, reading, SUPPRESSION } from "../../test/property/checks-input.ts";
import { KEYS, row } from "../../test/property/members-build.ts";
import type { KeptReading } from "./keep-reading.ts";
import { OptOutGroups, optOutTime } from "./opt-out-age.ts";
import { isOwnAct } from "./own-act.ts";
import { peopleFigures } from "./people-figures.ts";
import { readingKey } from "./readings.ts";

const day = (d: number, hour = 6): Instant => new Date(Date.UTC(2026, 10, d, hour)).toISOString() as Instant;

describe("when somebody opted out", () => {
  const reads = [day(20), day(19), day(18)];

  test("between the last reading without and the first with them; before all readings nothing is known", () => {
    expect(optOutTime(reads, 1, null)).toEqual({ after: day(19), by: day(20) });
    expect(optOutTime(reads, 2, null)).toEqual({ after: day(18), by: day(19) });
    expect(optOutTime(reads, 3, null)).toEqual({ after: null, by: day(18) });
    expect(optOutTime(reads, 9, null)).toEqual({ after: null, by: day(18) });
  });

  test("a date of the system counts, unless it is later than they were seen", () => {
    expect(optOutTime(reads, 2, day(10))).toEqual({ after: day(10), by: day(10) });
    expect(optOutTime(reads, 2, day(18, 22))).toEqual({ after: day(18, 22), by: day(18, 22) });
    expect(optOutTime(reads, 2, day(20, 3))).toEqual({ after: day(18), by: day(19) });
  });

  test("groups round outwards: by the hour lately, by the day long ago, never into the future", () => {
    const groups = new OptOutGroups(day(20, 7));
    const at = "2026-11-20T06:40:00.000Z" as Instant;
    groups.add({ after: at, by: at }, ["vip"]);
    groups.add({ after: day(20, 6), by: "2026-11-20T06:59:00.000Z" as Instant }, []);
    const old = "2026-09-02T10:20:00.000Z" as Instant;
    groups.add({ after: old, by: old }, []);
    groups.add({ after: null, by: day(20, 7) }, []);
    expect(groups.result()).toEqual([
      { after: "2026-09-02T00:00:00.000Z", by: "2026-09-03T00:00:00.000Z", people: 1, among: {} },
      { after: null, by: day(20, 7), people: 1, among: {} },
      { after: day(20, 6), by: day(20, 7), people: 2, among: { vip: 1 } },
    ]);
  });
});

test("only what a person does counts as their own yes", () => {
  for (const word of ["Form", "PREFERENCE_PAGE", "double opt-in", "Confirmed", "HOSTED_SIGNUP", "KEYWORD"])
    expect(isOwnAct(word), word).toBe(true);
  for (const word of [
    "IMPORT",
    "API",
    "PUBLIC_STATUS_API",
    "Form import",
    "CRM_UI admin",
    "bulk opt-in by user",
  ])
    expect(isOwnAct(word), word).toBe(false);
  for (const word of [null, "spam", "12"]) expect(isOwnAct(word), String(word)).toBeNull();
});

describe("figures of a suppression list", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plumbline-figures-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const OWNER = systemId("crm");
  const NEWS = systemId("news");
  const LIST: Audience = { ...SUPPRESSION, segments: AUDIENCE.segments };
  type Someone = {
    name: string;
    consent?: ConsentState;
    at?: Instant;
    method?: string;
    mailable?: boolean;
  };

  async function keep(
    audience: AudienceId | null,
    system: string,
    o: { on: number; ordinal: number; spool?: boolean; previous?: KeptReading },
    people: readonly Someone[],
  ): Promise<KeptReading> {
    const builder = new SetBuilder({
      identity: "email",
      attributes: [],
      rules: {},
      keys: KEYS,
      epoch: 1,
      spool: o.spool ?? true,
    });
    for (const p of people) {
      const consent = p.consent ?? "unknown";
      const record = { channel: "email", scope: "global", scopeId: null, state: consent } as const;
      builder.add(
        row(`${p.name}@example.com`, {
          consent,
          mailable: p.mailable ?? null,
          ...(p.at === undefined ? {} : { consentAt: p.at }),
          ...(p.method === undefined
            ? {}
            : { consents: [{ ...record, at: p.at ?? null, method: p.method }] }),
        }),
      );
    }
    const setFile = join(
      o.spool === false ? "bare" : "full",
      `${audience ?? "base"}-${system}-${o.ordinal}.pls`,
    );
    mkdirSync(dirname(join(folder, setFile)), { recursive: true });
    await builder.finish({
      file: join(folder, setFile),
      spoolFile: o.spool === false ? null : join(folder, setFile.replace(".pls", ".spool")),
      previous: o.previous?.set ?? null,
      asOf: day(o.on),
      ordinal: o.ordinal,
    });
    const snapshot: Snapshot = reading(0, system, {
      id: `${setFile}`,
      audience,
      asOf: day(o.on),
      ordinal: o.ordinal,
      setFile,
    });
    return { snapshot, set: await openSet(join(folder, setFile)) };
  }

  async function figuresOf(spool: boolean) {
    const on = (ordinal: number) => ({ on: 18 + ordinal, ordinal, spool });
    const list: readonly Someone[] = [
      { name: "old", consent: "unsubscribed" },
      { name: "dated", consent: "unsubscribed", at: day(10, 9) },
    ];
    const first = await keep(LIST.id, "crm", on(0), list.slice(0, 1));
    const second = await keep(LIST.id, "crm", { ...on(1), previous: first }, list.slice(0, 1));
    const owner = await keep(LIST.id, "crm", { ...on(2), previous: second }, [
      ...list,
      { name: "new", consent: "unsubscribed" },
    ]);
    const ownerBase = await keep(null, "crm", on(2), [
      ...list,
      { name: "again", consent: "subscribed", at: day(15), method: "Form" },
      { name: "imported", consent: "subscribed", at: day(15), method: "IMPORT" },
      { name: "earlier", consent: "subscribed", at: day(2), method: "Form" },
      { name: "vague", consent: "subscribed" },
    ]);
    const held = ["again", "imported", "earlier", "vague"].map(
      (name): Someone => ({ name, consent: "unsubscribed", at: day(12), mailable: false }),
    );
    const copy = await keep(LIST.id, "news", on(2), held);
    const base = await keep(null, "news", on(2), [
      ...["old", "dated", "new", "left", "never", "angry"].map((name): Someone => ({ name, mailable: true })),
      ...held,
    ]);
    const warehouse = await keep(LIST.id, "warehouse", on(2), [
      { name: "left", consent: "unsubscribed", at: day(17) },
      { name: "never", consent: "unsubscribed" },
      { name: "angry", consent: "complained" },
    ]);
    const vip = await keep(AUDIENCE.id, "news", on(2), [{ name: "dated" }, { name: "someone" }]);
    const readings = new Map<string, KeptReading>([
      [readingKey(LIST.id, "crm"), owner],
      [readingKey(null, "crm"), ownerBase],
      [readingKey(LIST.id, "news"), copy],
      [readingKey(null, "news"), base],
      [readingKey(LIST.id, "warehouse"), warehouse],
      [readingKey(AUDIENCE.id, "news"), vip],
    ]);
    const segment = (system: string, kept: KeptReading, of: KeptReading | null) => {
      if (kept.set === null) throw new Error("no set");
      return { system: systemId(system), set: kept.set, base: of?.set ?? null, where: null };
    };
    const input = {
      purpose: "suppression" as const,
      owner: OWNER,
      segments: [
        segment("crm", owner, ownerBase),
        segment("news", copy, base),
        segment("warehouse", warehouse, null),
      ],
      excluded: [],
      keys: KEYS,
    };
    const history = [first, second, owner].map((k) => k.snapshot);
    return peopleFigures(
      {
        config: { ...CONFIG, audiences: [AUDIENCE, LIST] },
        dataDir: folder,
        keys: KEYS,
        clock: { now: () => new Date(day(20, 7)) },
        audits: { snapshots: async () => history } as never,
      },
      LIST,
      readings,
      input,
      await compareSets(input),
    );
  }

  test("tell since when, on which other lists, by whose word; never who", async () => {
    const figures = await figuresOf(true);
    expect(figures[NEWS]).toEqual({
      keptOut: {},
      exposed: [
        { after: day(10, 9), by: day(10, 9), people: 1, among: { active: 1 } },
        { after: null, by: day(18), people: 1, among: {} },
        { after: day(19), by: day(20), people: 1, among: {} },
      ],
      optedOutElsewhere: { people: 2, undated: 1 },
      overSuppressed: { newer: 1, notCounting: 2, undated: 1 },
    });
    expect(figures.warehouse).toMatchObject({ exposed: null, optedOutElsewhere: null });
  });

  test("without the rows they tell what the presence of people tells, and claim no more", async () => {
    const figures = await figuresOf(false);
    expect(figures[NEWS]).toMatchObject({
      exposed: [
        { after: null, by: day(18), people: 1, among: {} },
        { after: day(19), by: day(20), people: 2, among: { active: 1 } },
      ],
      optedOutElsewhere: { people: 0, undated: 3 },
      overSuppressed: { newer: 0, notCounting: 0, undated: 4 },
    });
  });
});
