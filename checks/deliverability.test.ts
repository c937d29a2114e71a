import { describe, expect, test } from "vitest";
import type { DeliveryCounts } from "../core/facts.ts";
import type { CheckInput } from "../core/finding.ts";
import { at, inputOf, reading, SUPPRESSION } from "../test/property/checks-input.ts";
import { deliverability } from "./deliverability.ts";

const mail = (campaign: string | null, more: Partial<DeliveryCounts>, day = 40): DeliveryCounts => ({
  campaign,
  from: at(day),
  to: at(50),
  sent: 10_000,
  delivered: 9900,
  bounced: 100,
  complained: 2,
  unsubscribed: 20,
  ...more,
});
const run = (deliveries: readonly DeliveryCounts[] | null, over: Partial<CheckInput> = {}) =>
  deliverability.run(inputOf({ history: [reading(50, "news", { size: 10_000 })], deliveries, ...over }));
const findings = (...rows: readonly DeliveryCounts[]) => {
  const o = run(rows);
  return o.status === "fail" ? o.findings : o.status;
};

describe("complaints", () => {
  test("surely above 0.10 % is worth a look, surely above 0.30 % stops sends", () => {
    // Wilson 95 %, SciPy 1.17.1: 20 of 9,900 is at least 0.1308 %, 40 at least 0.2969 %, 45 at least 0.3399 %
    expect(findings(mail("Sale", { complained: 20 }))).toMatchObject([
      {
        subject: "complaints",
        severity: "look",
        people: 20,
        title: "Too many complaints on “Sale” from Newsletter",
        moved: "20 of 9,900 delivered (0.20 %) ended in complaints. The limit is 0.10 %.",
        maths: {
          "At least (Wilson, 95 %)": "0.13 %",
          "How it is known": "at least: reported complaints only",
        },
      },
    ]);
    expect(findings(mail("Sale", { complained: 40 }))).toMatchObject([{ severity: "look" }]);
    expect(findings(mail("Sale", { complained: 45 }))).toMatchObject([
      { severity: "act", moved: expect.stringContaining("and never 0.30 %") },
    ]);
  });
  test("an ESP hears of fewer complaints than Gmail does", () => {
    expect(findings(mail("Sale", { complained: 45 }))).toMatchObject([
      { means: expect.stringContaining("Gmail does not: what Gmail sees is at least this.") },
    ]);
  });
  test("0.15 % of a small campaign may be chance; of many it is not", () => {
    const small = (n: number) => mail(`No ${n}`, { sent: 2100, delivered: 2000, complained: 3 }, 40 + n / 10);
    expect(findings(small(0))).toBe("pass");
    const many = Array.from({ length: 10 }, (_, n) => small(n));
    expect(findings(...many)).toMatchObject([
      {
        subject: "complaints",
        title: "Too many complaints on mail to Active customers from Newsletter",
        people: 30,
      },
    ]);
  });
  test("the base is what was sent where what was delivered is not told", () => {
    expect(findings(mail("Sale", { delivered: null, complained: 40 }))).toMatchObject([
      { moved: "40 of 10,000 sent (0.40 %) ended in complaints. The limit is 0.10 %." },
    ]);
  });
});

test("bounces: review above 5 %, stop above 10 %, of what was sent", () => {
  expect(findings(mail("Sale", { bounced: 530, delivered: 9470 }))).toBe("pass"); // at least 4.9 %
  expect(findings(mail("Sale", { bounced: 600, delivered: 9400 }))).toMatchObject([
    { subject: "bounces", severity: "look", maths: { "Mail sent": 10_000 } },
  ]);
  expect(findings(mail("Sale", { bounced: 1100, delivered: 8900 }))).toMatchObject([
    {
      subject: "bounces",
      severity: "act",
      todo: expect.arrayContaining(["Hold the next send from Newsletter to this list"]),
    },
  ]);
});

describe("unsubscribes, against the list's own average", () => {
  const usual = [1, 2, 3, 4].map((n) => mail(`No ${n}`, {}, 40 + n));
  test("a campaign that drove away four times as many", () => {
    expect(findings(...usual, mail("Sale", { unsubscribed: 80 }, 46))).toMatchObject([
      { subject: "unsubscribes", people: 60, title: "“Sale” drove away more people than usual" },
    ]);
  });
  test("four times as many may still be chance where the mail is little", () => {
    const little = (n: number, unsubscribed: number) =>
      mail(`No ${n}`, { sent: 1000, delivered: 1000, bounced: 0, complained: 0, unsubscribed }, 40 + n);
    // Wilson 95 %, SciPy 1.17.1: 8 of 1,000 is at least 0.406 %, 6 of 3,000 at most 0.436 %, 10 of 1,000 at least 0.544 %
    expect(findings(little(1, 2), little(2, 2), little(3, 2), little(4, 8))).toBe("pass");
    expect(findings(little(1, 2), little(2, 2), little(3, 2), little(4, 10))).toMatchObject([{ people: 8 }]);
  });
  test("twice as many of a few, a list where many always leave, and too few campaigns to compare are no fault", () => {
    expect(findings(...usual, mail("Sale", { unsubscribed: 36 }, 46))).toBe("pass");
    expect(
      findings(...usual.map((m) => ({ ...m, unsubscribed: 200 })), mail("Sale", { unsubscribed: 230 }, 46)),
    ).toBe("pass");
    expect(findings(...usual.slice(0, 2), mail("Sale", { unsubscribed: 900 }, 46))).toBe("pass");
  });
});

describe("what is not judged", () => {
  test("old campaigns; a report over a span is not old because its start is", () => {
    const bad = { complained: 200 };
    expect(run([mail("Old", bad, 5)])).toEqual({ status: "skip", because: "no_data" });
    expect(findings(mail("One", bad, -40), mail("Two", {}, -40))).toMatchObject([{ subject: "complaints" }]);
    expect(findings(mail(null, bad, -40))).toMatchObject([{ subject: "complaints" }]);
  });
  test("unknown counts, impossible ones, and too little mail", () => {
    const nothing = { complained: null, bounced: null, unsubscribed: null };
    expect(run([mail("Sale", nothing)])).toEqual({ status: "skip", because: "no_data" });
    expect(run([mail("Sale", { sent: 0, delivered: 0, complained: 9, bounced: 9 })])).toEqual({
      status: "skip",
      because: "no_data",
    });
    expect(run([mail("Sale", { sent: 900, delivered: 800, bounced: 90, complained: 30 })])).toEqual({
      status: "skip",
      because: "no_data",
    });
    expect(run([])).toEqual({ status: "skip", because: "no_data" });
  });
  test("a system that does not tell, does not send, or is a suppression list", () => {
    expect(run(null)).toEqual({ status: "skip", because: "not_collected" });
    const crm = inputOf({ history: [reading(50, "crm")], deliveries: [mail("Sale", { complained: 200 })] });
    expect(deliverability.run(crm)).toEqual({ status: "skip", because: "not_configured" });
    expect(run([mail("Sale", { complained: 200 })], { audience: SUPPRESSION })).toEqual({
      status: "skip",
      because: "not_configured",
    });
  });
});
