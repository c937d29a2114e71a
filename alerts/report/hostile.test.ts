import { expect, test } from "vitest";
import { reportSample } from "../../test/golden/report-sample.ts";
import { aFinding, anIncident } from "../../test/golden/samples.ts";
import { buildReport } from "./build.ts";
import { reportHtml } from "./html.ts";
import { reportText } from "./text.ts";

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(1)>\u202Egnp ana@example.com`;

test("nothing that a name says runs, breaks out or names a person", () => {
  const sample = reportSample();
  const report = buildReport(
    reportSample({
      company: EVIL,
      audiences: sample.audiences.map((a) => ({ ...a, title: EVIL })),
      systems: sample.systems.map((s) => ({ ...s, title: EVIL })),
      segments: sample.segments.map((s) => ({ ...s, audienceTitle: EVIL, systemTitle: EVIL })),
      incidents: sample.incidents.map((i) =>
        anIncident({
          ...i,
          severity: "act",
          owner: EVIL,
          finding: aFinding({
            ...i.finding,
            severity: "act",
            title: EVIL,
            means: EVIL,
            cause: { certainty: "likely", text: EVIL },
          }),
        }),
      ),
      plans: sample.plans.map((p) => ({
        ...p,
        author: EVIL,
        approvers: [EVIL],
        systems: [EVIL],
        audienceTitle: EVIL,
      })),
      exposure: sample.exposure.map((e) => ({ ...e, systemTitle: EVIL })),
      reads: sample.reads.map((r) => ({ ...r, systemTitle: EVIL })),
      sends: sample.sends.map((s) => ({ ...s, name: EVIL, systemTitle: EVIL })),
    }),
  );
  const html = reportHtml(report, () => null);
  expect(html).not.toMatch(/<script|<img/i);
  for (const part of [html, reportText(report), report.subject]) {
    expect(part).not.toContain("ana@example.com");
    expect(part).not.toMatch(/[\u202A-\u202E]/);
  }
  expect(report.subject).not.toMatch(/[\r\n]/);
  expect(Buffer.byteLength(html)).toBeLessThan(90_000);
});

test("unknown is said, never 0", () => {
  const base = reportSample();
  const report = buildReport(
    reportSample({
      exposure: [
        {
          systemTitle: "Klaviyo",
          points: [...(base.exposure[0]?.points ?? []), { at: base.week.to, people: null }],
        },
      ],
    }),
  );
  expect(report.figures[0]?.value).toBe("can’t tell");
  expect(report.verdict.map((p) => p.text).join("")).toContain("Can’t tell");
  expect(report.consent.rows[0]?.end).toBe("can’t tell");
});
