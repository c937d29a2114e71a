import { describe, expect, test } from "vitest";
import type { CheckInput } from "../core/finding.ts";
import type { MetricName, Snapshot } from "../core/model.ts";
import { AUDIENCE, CONFIG, type Given, inputOf, reading } from "../test/property/checks-input.ts";
import { duplicates } from "./duplicates.ts";
import { identityConflict } from "./identity-conflict.ts";

type Numbers = { inbox?: number; merged?: number; most?: number; alike?: number; pairs?: number };

/** A reading of 10,000 people with both identifiers; `alike` undefined: not named by e-mail. */
function read(day: number, n: Numbers, given: Given = {}): Snapshot {
  const of = (numerator: number, denominator: number | null, quality: "exact" | "estimated" = "exact") => ({
    ...{ numerator, denominator, quality, settled: true, observedAt: reading(day, "crm").asOf },
  });
  const pairs = n.pairs ?? 10_000;
  const metrics: Partial<Record<MetricName, ReturnType<typeof of>>> = {
    size: of(10_000, null),
    shared_inbox: of(n.inbox ?? 0, pairs),
    shared_inbox_addresses: of(Math.floor((n.inbox ?? 0) / 2), null),
    shared_inbox_most: of(n.inbox ? (n.most ?? 2) : 0, null),
    over_merge: of(n.merged ?? 0, pairs),
    over_merge_ids: of(n.merged === n.most ? 1 : Math.floor((n.merged ?? 0) / 2), null),
    over_merge_most: of(n.merged ? (n.most ?? 2) : 0, null),
  };
  if (n.alike !== undefined) metrics.look_alike = of(n.alike, 10_000);
  return { ...reading(day, "crm", given), metrics };
}

const days = (n: number, last: Numbers, before: Numbers = {}): Snapshot[] =>
  Array.from({ length: n }, (_, d) => read(d, d === n - 1 ? last : before));
const run = (history: readonly Snapshot[], more: Partial<CheckInput> = {}) =>
  identityConflict.run(inputOf({ history, ...more }));
const findings = (o: ReturnType<typeof run>) => (o.status === "fail" ? o.findings : []);

describe("an e-mail address with several customer ids", () => {
  test("more than usual is told, with the usual and the fullest", () => {
    const [finding] = findings(run(days(15, { inbox: 80, most: 9 }, { inbox: 20 })));
    expect(finding).toMatchObject({
      check: "identity_conflict",
      audience: "active",
      subject: "shared_inbox",
      severity: "look",
      people: 80,
      title: "80 customer ids share an inbox in Active customers in CRM",
      moved:
        "40 e-mail addresses carry more than one customer id: 80 of 10,000 (0.8 %) customer ids in all, 9 of them on one address. Normal is about 20.",
    });
  });
  test("families that were always there are not", () => {
    expect(run(days(8, { inbox: 24 }, { inbox: 20 }))).toEqual({ status: "pass" });
  });
  test("too many are told at the first reading, whatever is usual", () => {
    expect(findings(run(days(1, { inbox: 120 })))[0]?.moved).not.toContain("Normal");
    expect(run(days(30, { inbox: 120 }, { inbox: 120 })).status).toBe("fail");
  });
  test("one inbox with dozens is told however small its share", () => {
    expect(run(days(8, { inbox: 25, most: 25 }, { inbox: 20 })).status).toBe("fail");
    expect(run(days(8, { inbox: 24, most: 24 }, { inbox: 20 })).status).toBe("pass");
  });
  test("a few are learned first", () => {
    expect(run(days(2, { inbox: 4 }))).toEqual({ status: "skip", because: "learning" });
  });
});

describe("a customer id with several addresses", () => {
  test("a default id that swallowed hundreds is one id", () => {
    const [finding] = findings(run(days(6, { merged: 512, most: 512 })));
    expect(finding).toMatchObject({
      subject: "over_merge",
      title: "512 addresses share a customer id in Active customers in CRM",
      moved:
        "1 customer id carries more than one e-mail address: 512 of 10,000 (5.1 %) addresses in all. Normal is about 0.",
    });
    expect(finding?.means).toContain("opposite of a duplicate");
  });
  test("both at once are two findings", () => {
    const both = findings(run(days(6, { merged: 200, inbox: 200 })));
    expect(both.map((f) => f.subject)).toEqual(["shared_inbox", "over_merge"]);
  });
  test("a count from a sample says so", () => {
    const latest = read(0, { merged: 512 });
    const sampled = { ...latest.metrics.over_merge!, quality: "estimated" as const };
    const [finding] = findings(run([{ ...latest, metrics: { ...latest.metrics, over_merge: sampled } }]));
    expect(finding?.moved).toMatch(/^About 256 customer ids carry/);
  });
});

describe("look-alikes", () => {
  test("one is enough", () => {
    const [finding] = findings(run(days(6, { alike: 1 }, { alike: 0 })));
    expect(finding).toMatchObject({
      subject: "look_alike",
      title: "1 address looks like another person’s in Active customers in CRM",
      moved:
        "1 address differs from another one only by a letter of another script that looks the same, such as a Cyrillic а.",
      people: 1,
    });
    expect(run(days(6, { alike: 0 }, { alike: 0 })).status).toBe("pass");
  });
  test("a setting allows some", () => {
    const config = { ...CONFIG, checks: { identity_conflict: { look_alike_people: 3 } } };
    expect(run(days(6, { alike: 2 }, { alike: 2 }), { config }).status).toBe("pass");
  });
});

describe("what is not known", () => {
  const only = (day: number, alike: number): Snapshot => {
    const { metrics, ...rest } = read(day, { alike });
    return { ...rest, metrics: { size: metrics.size!, look_alike: metrics.look_alike! } };
  };
  test("one identifier only: not collected, which is no pass", () => {
    expect(run([only(0, 0)])).toEqual({ status: "skip", because: "not_collected" });
  });
  test("look-alikes are told even then, and end", () => {
    expect(run([only(0, 2)]).status).toBe("fail");
    expect(run([only(0, 2), only(1, 0)])).toEqual({ status: "pass" });
  });
  test("no verdict from a partial reading, or from none", () => {
    const partial = read(1, { inbox: 900 }, { coverage: "partial" });
    expect(run([read(0, {}), partial])).toEqual({ status: "skip", because: "partial" });
    expect(identityConflict.run(inputOf({ history: [] }))).toEqual({ status: "skip", because: "no_data" });
  });
  test("switched off", () => {
    const config = { ...CONFIG, checks: { identity_conflict: { enabled: false } } };
    expect(run(days(1, { inbox: 900 }), { config })).toEqual({ status: "skip", because: "not_configured" });
  });
});

describe("where the whole system is read", () => {
  const base = (n: Numbers, given: Given = {}) => [read(0, n, { audience: null, id: "base", ...given })];
  test("it is judged there, and told once for the system", () => {
    const [finding] = findings(run(days(1, { inbox: 900 }), { baseHistory: base({ merged: 300 }) }));
    expect(finding).toMatchObject({
      audience: null,
      subject: "over_merge",
      title: "300 addresses share a customer id in CRM",
    });
  });
  test("an unread base is not known, however complete the list", () => {
    const baseHistory = base({ merged: 300 }, { coverage: "partial" });
    expect(run(days(1, { inbox: 900 }), { baseHistory })).toEqual({ status: "skip", because: "partial" });
  });
});

describe("duplicates", () => {
  const doubled = (day: number, inbox: number): Snapshot => {
    const latest = read(day, { inbox });
    const records = { ...latest.metrics.size!, numerator: 10_300 };
    return {
      ...latest,
      metrics: {
        ...latest.metrics,
        records,
        duplicates: { ...records, numerator: 300, denominator: 10_300 },
      },
    };
  };
  test("records of one address with different customer ids are not told twice", () => {
    // 300 inboxes with 600 customer ids: every extra record is another customer
    expect(duplicates.run(inputOf({ history: [0, 1, 2, 3, 4].map((d) => doubled(d, 600)) }))).toEqual({
      status: "pass",
    });
    const [finding] = (() => {
      const o = duplicates.run(inputOf({ history: [doubled(0, 100)] }));
      return o.status === "fail" ? o.findings : [];
    })();
    expect(finding?.people).toBe(250);
  });
  test("of a list by customer id, those with different addresses", () => {
    const latest = doubled(0, 0);
    const merged = read(0, { merged: 600 }).metrics;
    const history = [{ ...latest, metrics: { ...merged, ...latest.metrics, ...pick(merged) } }];
    const audience = { ...AUDIENCE, identity: "customer_id" as const };
    expect(duplicates.run(inputOf({ history, audience })).status).toBe("skip");
    expect(duplicates.run(inputOf({ history })).status).toBe("fail");
  });
});

const pick = (m: Snapshot["metrics"]): Snapshot["metrics"] => ({
  over_merge: m.over_merge!,
  over_merge_ids: m.over_merge_ids!,
});
