import { describe, expect, test } from "vitest";
import type { Audience } from "../core/config.ts";
import type { Check, CheckInput, CheckName, Finding, Incident, Outcome } from "../core/finding.ts";
import { audienceId } from "../core/model.ts";
import { AUDIENCE, at, CONFIG, inputOf, reading, runOf } from "../test/property/checks-input.ts";
import { alike, draftFinding } from "./draft-finding.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { reconcile } from "./incidents.ts";
import { PASS, skip } from "./readings.ts";
import { runChecks } from "./registry.ts";
import { sizeAnomaly } from "./size-anomaly.ts";

const NAMES = ["Active customers", "Trial", "VIP", "Newsletter", "Lapsed"];
const audienceOf = (title: string): Audience => ({ ...AUDIENCE, id: audienceId(title.toLowerCase()), title });

const inputOn = (title: string, day: number, incidents: readonly Incident[] = [], sys = "crm"): CheckInput =>
  inputOf({ history: [reading(day, sys, { size: 1000 })], audience: audienceOf(title), incidents });

type Says = Partial<Finding> | "alone" | "pass" | "skip";

/** A check that says what it is told to say of each audience. */
function saying(says: Readonly<Record<string, Says>>, name: CheckName = "size_anomaly"): Check {
  return {
    name,
    defaults: {},
    run(input): Outcome {
      const told = says[input.audience.title] ?? "pass";
      if (told === "pass") return PASS;
      if (told === "skip") return skip("partial");
      const finding = draftFinding(input, name, {
        severity: "look",
        title: `${input.audience.title} is too small in ${input.system.title}`,
        moved: "100 people.",
        means: "People are left out.",
        cause: { certainty: "unclear", text: null },
        todo: [],
        people: 900,
        observed: 100,
        expected: { low: 950, high: 1050 },
        repair: "membership",
        maths: { Expected: 1000 },
        ...(told === "alone" ? {} : { alike: alike("fewer", " is too small", " are too small"), ...told }),
      });
      return { status: "fail", findings: [finding] };
    },
  };
}

const OFF: Says = {};
const run = (
  says: Readonly<Record<string, Says>>,
  o: { name?: CheckName; day?: number; incidents?: readonly Incident[]; of?: readonly string[] } = {},
) =>
  runChecks(
    (o.of ?? NAMES).map((n) => inputOn(n, o.day ?? 1, o.incidents)),
    [saying(says, o.name)],
  );
const findings = (...args: Parameters<typeof run>): Finding[] => [
  ...new Set(run(...args).flatMap((r) => (r.outcome.status === "fail" ? r.outcome.findings : []))),
];
const because = (text: string, certainty: "confirmed" | "likely" = "likely"): Says => ({
  cause: { certainty, text },
});

describe("lists of one system that move alike", () => {
  test("three of five are one finding, which names them", () => {
    const [one, ...others] = findings({
      "Active customers": OFF,
      Trial: { severity: "act", people: 40 },
      VIP: { people: 10, expected: null },
    });
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      audience: null,
      subject: "fewer",
      severity: "act",
      title: "3 lists of CRM are too small: Active customers, Trial, VIP",
      moved:
        "Active customers: 100, normal is 950 to 1,050; Trial: 100, normal is 950 to 1,050; VIP: about 10 people.",
      people: 950,
      repair: null,
      cause: { certainty: "unclear", text: null },
    });
    expect(one?.means).toContain("a person on several of these lists is counted for each");
    expect(one?.todo.join(" ")).toContain("open Active customers, Trial, VIP");
    expect(one?.maths).toMatchObject({ "Trial: Expected": 1000, "VIP: Expected": 1000 });
    expect(one?.siblings?.map((s) => [s.title, s.now, s.severity])).toEqual([
      ["Active customers", "off", "look"],
      ["Trial", "off", "act"],
      ["VIP", "off", "look"],
    ]);
  });

  test("each list still says that it failed", () => {
    const failed = run({ "Active customers": OFF, Trial: OFF, VIP: OFF }).filter(
      (r) => r.outcome.status === "fail",
    );
    expect(failed.map((r) => r.audience)).toEqual(["active customers", "trial", "vip"]);
  });

  test.each<[string, Record<string, Says>, number]>([
    ["two are two", { Trial: OFF, VIP: OFF }, 2],
    [
      "three in different ways are three",
      { Trial: OFF, VIP: OFF, Lapsed: { alike: alike("more", " is too large") } },
      3,
    ],
    ["what has no words for several stays single", { Trial: "alone", VIP: "alone", Lapsed: "alone" }, 3],
    [
      "a backlog is each list's own",
      { Trial: { backlog: true }, VIP: { backlog: true }, Lapsed: { backlog: true } },
      3,
    ],
    [
      "three subjects are three",
      { Trial: { subject: "a" }, VIP: { subject: "b" }, Lapsed: { subject: "c" } },
      3,
    ],
    [
      "proof of different causes keeps them apart",
      { Trial: because("one", "confirmed"), VIP: because("two", "confirmed"), Lapsed: OFF },
      3,
    ],
  ])("%s", (_, says, n) => {
    expect(findings(says)).toHaveLength(n);
    expect(findings(says).every((f) => f.audience !== null)).toBe(true);
  });

  test("fewer than half need a known cause in common; what is known of people may differ", () => {
    const of = [...NAMES, "A", "B"];
    expect(findings({ Trial: OFF, VIP: OFF, Lapsed: OFF }, { of })).toHaveLength(3);
    const same = {
      Trial: because("“nightly” stopped; 91 % have no plan"),
      VIP: because("“nightly” stopped"),
      Lapsed: because("“nightly” stopped; 80 % have no plan"),
    };
    const [one, ...others] = findings(same, { of });
    expect(others).toEqual([]);
    expect(one?.cause).toEqual({ certainty: "likely", text: "“nightly” stopped" });
    expect(one?.maths["Trial: cause"]).toBe("“nightly” stopped; 91 % have no plan");
  });

  test("not across systems", () => {
    const inputs = [inputOn("Trial", 1), inputOn("VIP", 1), inputOn("Lapsed", 1, [], "news")];
    const results = runChecks(inputs, [saying({ Trial: OFF, VIP: OFF, Lapsed: OFF })]);
    const audiences = results.flatMap((r) => (r.outcome.status === "fail" ? r.outcome.findings : []));
    expect(audiences.map((f) => f.audience)).toEqual(["trial", "vip", "lapsed"]);
  });

  test("many names are counted", () => {
    const of = [..."ABCDEFG"];
    const says = Object.fromEntries(of.map((n) => [n, OFF]));
    expect(findings(says, { of })[0]?.title).toBe("7 lists of CRM are too small: A, B, C, D and 3 more");
  });
});

/** One day after another, with the incidents that there are. */
function days(...said: readonly Record<string, Says>[]): { told: string[]; live: Incident[] } {
  const incidents = new Map<string, Incident>();
  const told: string[] = [];
  for (const [day, says] of said.entries()) {
    const known = [...incidents.values()];
    const asked = known.filter((i) => i.state !== "resolved" || i.markedFalseAt != null);
    for (const t of reconcile(known, run(says, { day, incidents: asked }), at(day))) {
      const fingerprint = t.kind === "open" ? t.fingerprint : t.incident.fingerprint;
      const before = incidents.get(fingerprint);
      const finding = t.kind === "resolve" ? t.incident.finding : t.finding;
      told.push(`${day} ${t.kind}: ${finding.title}`);
      incidents.set(fingerprint, {
        id: before?.id ?? incidents.size + 1,
        fingerprint,
        state: t.kind === "resolve" ? "resolved" : "open",
        severity: finding.severity,
        finding,
        openedAt: before?.openedAt ?? at(day),
        changedAt: at(day),
        lastSeenAt: at(day),
        resolvedAt: t.kind === "resolve" ? at(day) : null,
        snoozedUntil: null,
        owner: null,
        peak: finding.people,
        runId: runOf(day),
        version: 1,
      });
    }
  }
  return { told, live: [...incidents.values()].filter((i) => i.state !== "resolved") };
}

describe("an incident of several lists", () => {
  const three = { Trial: OFF, VIP: OFF, Lapsed: OFF };

  test("shrinks, takes its lists back, and ends with the last", () => {
    const { told } = days(three, { Trial: OFF }, { Trial: OFF, VIP: OFF }, { VIP: OFF }, {});
    expect(told).toEqual([
      "0 open: 3 lists of CRM are too small: Trial, VIP, Lapsed",
      "1 update: 1 of 3 lists of CRM is too small: Trial",
      "2 update: 2 of 3 lists of CRM are too small: Trial, VIP",
      "3 update: 1 of 3 lists of CRM is too small: VIP",
      "4 resolve: 1 of 3 lists of CRM is too small: VIP",
    ]);
  });

  test("says who is over, and who was not read", () => {
    const { live } = days(three, { Trial: OFF, VIP: "skip" });
    expect(live[0]?.finding.moved).toBe(
      "Trial: 100, normal is 950 to 1,050. Back to normal: Lapsed. Not read this time: VIP.",
    );
    expect(live[0]?.finding.people).toBe(1800);
  });

  test("what was not read keeps it open; another list that was not read does not", () => {
    expect(days(three, { VIP: "skip" }).live).toHaveLength(1);
    expect(days(three, { Newsletter: "skip" }).live).toHaveLength(0);
    expect(days(three, { Trial: OFF }, { VIP: "skip" }).live).toHaveLength(0);
  });

  test("a list that was told by itself stays by itself", () => {
    const { told, live } = days({ Trial: OFF }, { ...three, Newsletter: OFF });
    expect(told.slice(1).map((t) => t.slice(0, 40))).toEqual([
      "1 update: Trial is too small in CRM",
      "1 open: 3 lists of CRM are too small: VI",
    ]);
    expect(live).toHaveLength(2);
  });

  test("who follows by the next day joins; later only for the same reason", () => {
    expect(days(three, { ...three, Newsletter: OFF }).live).toHaveLength(1);
    expect(
      days(three, three, three, { ...three, Newsletter: OFF }).live.map((i) => i.finding.audience),
    ).toEqual([null, "newsletter"]);
    const known = { Trial: because("x"), VIP: because("x"), Lapsed: because("x") };
    expect(days(known, known, known, { ...known, Newsletter: because("x; y") }).live).toHaveLength(1);
  });

  test("called no problem: two of its lists are not told anew by themselves", () => {
    const [opened] = days(three).live;
    const dismissed: Incident = { ...opened!, state: "resolved", markedFalseAt: at(0), resolvedAt: at(0) };
    const results = run({ Trial: OFF, VIP: OFF }, { incidents: [dismissed] });
    expect(reconcile([dismissed], results, at(1))).toEqual([]);
  });
});

test("three real lists that were halved this morning", () => {
  const inputs = ["Active customers", "Trial", "VIP"].map((title) => {
    const history = Array.from({ length: 30 }, (_, d) =>
      reading(d, "crm", { size: d === 29 ? 2400 : 5000 + ((d * 7) % 23) }),
    );
    return inputOf({ history, audience: audienceOf(title), config: CONFIG });
  });
  const results = runChecks(inputs, [sizeAnomaly]);
  const all = new Set(
    results.flatMap((r) => (r.outcome.status === "fail" ? r.outcome.findings.map(fingerprintOf) : [])),
  );
  expect([...all]).toEqual(["size_anomaly||crm|fewer"]);
});
