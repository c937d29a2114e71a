import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "./chromium.ts";
import type { Scene } from "./fixture-scenes.ts";
import { type FixtureServer, startFixtureServer } from "./fixture-server.ts";
import { SCENES } from "./scenes.ts";

/** Set to a folder to also keep a picture of everything that is walked through here. */
const SHOTS = process.env.PLUMBLINE_SHOTS;
const ONLY = new RegExp(process.env.PLUMBLINE_SHOTS_ONLY ?? ".");

const servers = new Map<Scene, FixtureServer>();
let browser: Browser;
let axe: string;

beforeAll(async () => {
  browser = await launch();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  for (const server of servers.values()) await server.close();
});

async function serverOf(scene: Scene): Promise<FixtureServer> {
  const server = servers.get(scene) ?? (await startFixtureServer(scene));
  servers.set(scene, server);
  return server;
}

/** @returns what the browser complained about; answers that a scene refuses on purpose are not complaints */
function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("the server responded with a status of"))
      found.push(message.text());
  });
  page.on("pageerror", (error) => found.push(error.message));
  return found;
}

async function violations(page: Page): Promise<string[]> {
  const result = await page.evaluate(async (source) => {
    const run = new Function(
      `${source}; return axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });`,
    ) as () => Promise<AxeResults>;
    return run();
  }, axe);
  return result.violations.map(
    (v) =>
      `${v.id}: ${v.nodes
        .slice(0, 3)
        .map((n) => `${n.target.join(" ")} (${n.any.map((a) => a.message).join("; ")})`)
        .join(" | ")}`,
  );
}

/** Both themes and both layouts; with pictures wanted, every combination. 320 px is only about reflow. */
const LOOKS = [
  ["wide", 1440, "light", true],
  ["narrow", 390, "dark", true],
  ["tiny", 320, "light", false],
  ...(SHOTS
    ? ([
        ["wide", 1440, "dark", true],
        ["narrow", 390, "light", true],
        ["tiny", 320, "dark", false],
      ] as const)
    : []),
] as const;

describe.each(LOOKS)("%s (%i px), %s", (size, width, colorScheme, accessible) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: "reduce",
      locale: "en-GB",
      bypassCSP: true,
    });
  });
  afterAll(() => context.close());

  it.each(SCENES.map(([name, path, scene, press]) => ({ name, path, scene, press })))(
    "$name: no axe violation, nothing too wide, no complaint",
    async ({ name, path, scene, press }) => {
      if (SHOTS && !ONLY.test(`${name}-${size}-${colorScheme}`)) return;
      const server = await serverOf(scene);
      const page = await context.newPage();
      const said = complaints(page);
      await page.goto(server.url + path);
      await page.waitForSelector("h1");
      await page.evaluate(() => document.fonts.ready);
      await page.waitForSelector(".skel", { state: "detached" });
      if (press !== undefined) {
        await page.getByRole("button", { name: press }).click();
        await page.getByRole("dialog").waitFor();
      }
      if (SHOTS) await page.waitForTimeout(250);
      if (SHOTS)
        await page.screenshot({ path: join(SHOTS, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      if (accessible) expect.soft(await violations(page), "axe").toEqual([]);
      expect
        .soft(
          await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          ),
          "px too wide",
        )
        .toBe(0);
      expect.soft(said, "browser console").toEqual([]);
      expect.soft(await page.evaluate(() => "pwned" in window), "hostile text ran").toBe(false);
      expect
        .soft(
          await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText)),
          "text can be reversed",
        )
        .toBe(false);
      await page.close();
    },
  );
});
