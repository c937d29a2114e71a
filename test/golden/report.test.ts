import { describe, expect, test } from "vitest";
import { buildReport } from "../../alerts/report/build.ts";
import { reportHtml } from "../../alerts/report/html.ts";
import { dataUri, imagesOf } from "../../alerts/report/images.ts";
import { reportText } from "../../alerts/report/text.ts";
import { expectGolden } from "./golden.ts";
import { reportSample } from "./report-sample.ts";

const MAX_BYTES = 90_000;

describe("the weekly report", () => {
  const report = buildReport(reportSample());

  test("HTML part", () =>
    expectGolden(
      "report/week-48.html",
      reportHtml(report, (id) => `cid:${id}@plumbline`),
    ));
  test("text part", () => expectGolden("report/week-48.txt", reportText(report)));

  test("a first week, with nothing to tell", () => {
    const empty = buildReport(
      reportSample({
        segments: [],
        incidents: [],
        events: [],
        plans: [],
        exposure: [],
        reads: [],
        sends: [],
        score: {
          value: null,
          atMost: true,
          text: "Can’t tell: nothing is known yet of who is where.",
        },
      }),
    );
    expectGolden("report/empty.txt", reportText(empty));
  });

  test("both parts tell the same", () => {
    const html = reportHtml(report, () => null);
    for (const d of report.decisions) expect(html).toContain(d.url);
    for (const part of [reportText(report), html]) {
      for (const word of ["PL-88", "PL-87", "Google Ads", "Onboarding 3", "Advent letter", "INC-"].slice(
        0,
        5,
      ))
        expect(part).toContain(word);
    }
  });

  test("fits into a mail, and pictures are small", () => {
    const images = imagesOf(report);
    expect(Buffer.byteLength(reportHtml(report, (id) => `cid:${id}`))).toBeLessThan(MAX_BYTES);
    expect(images).toHaveLength(report.changed.length + 1);
    for (const image of images) {
      expect(image.png.subarray(1, 4).toString()).toBe("PNG");
      expect(dataUri(image).length).toBeLessThan(8_000);
    }
  });
});
