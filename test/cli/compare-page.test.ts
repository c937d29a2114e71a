import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comparePage } from "../../app/compare/page.ts";
import type { CompareReport, FileReport } from "../../app/compare/report.ts";
import { launch } from "../browser/chromium.ts";

const HOSTILE = '"><script>document.title="owned"</script><img src=x onerror=document.title="owned">.csv';
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const file = (name: string, over: Partial<FileReport>): FileReport => ({
  file: name,
  owner: false,
  coverage: "complete",
  cantTell: null,
  changedAt: "2026-11-23T06:00:00.000Z",
  idColumn: "email",
  rows: 50_000,
  people: 48_316,
  openEnd: false,
  duplicates: 0,
  duplicatesBySpelling: 0,
  unusable: 0,
  missing: 0,
  extra: 0,
  attributes: [],
  ...over,
});
const files = [
  file("warehouse.csv", { owner: true }),
  file(HOSTILE, {
    missing: 42,
    extra: 27_310,
    people: 75_584,
    duplicates: 3,
    attributes: [
      {
        name: HOSTILE,
        column: HOSTILE,
        compared: 48_274,
        equal: 48_000,
        differ: 200,
        emptyHere: 70,
        emptyAtOwner: 4,
        emptyInBoth: 0,
      },
    ],
  }),
  file("mailchimp.csv", { missing: 431, extra: 17, openEnd: true }),
  file("ads.csv", {
    coverage: "partial",
    cantTell: "ads.csv:7: a quote is opened and never closed → close it",
    people: null,
    rows: null,
    missing: null,
    extra: null,
  }),
];
const REPORT: CompareReport = {
  verdict: "different",
  identity: "email",
  owner: "warehouse.csv",
  files,
  overlap: [
    { files: files.slice(0, 3).map((f) => f.file), people: 47_843 },
    { files: [HOSTILE], people: 27_310 },
    { files: ["warehouse.csv", HOSTILE], people: 431 },
    { files: ["warehouse.csv"], people: 42 },
    { files: ["mailchimp.csv"], people: 17 },
  ],
};

let folder = "";
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-compare-test-"));
  writeFileSync(
    join(folder, "r.html"),
    comparePage(REPORT, { at: new Date("2026-11-23T07:00:00Z"), version: "0.1.0" }),
  );
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test.each<["light" | "dark", number]>([
  ["light", 1100],
  ["dark", 1100],
  ["light", 320],
])(
  "%s, %i wide: nothing runs, nothing is fetched, nothing overflows, axe is content",
  async (colorScheme, width) => {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      bypassCSP: true,
    });
    const page = await context.newPage();
    const fetched: string[] = [];
    page.on("request", (r) => fetched.push(r.url()));
    await page.goto(`file://${join(folder, "r.html")}`);
    expect(fetched).toEqual([`file://${join(folder, "r.html")}`]);
    expect(await page.title()).toContain("Not the same.");
    expect(await page.locator("script, img").count()).toBe(0);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    await page.evaluate(axe);
    const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
      "axe.run().then((r) => r.violations)",
    );
    expect(violations.map((v) => [v.id, v.nodes[0]?.html])).toEqual([]);
    await context.close();
  },
);
