import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch } from "./chromium.ts";
import type { Scene } from "./fixture-scenes.ts";
import { type FixtureServer, startFixtureServer } from "./fixture-server.ts";

let browser: Browser;
let server: FixtureServer;
let page: Page;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  await page.close();
  await server.close();
});

async function open(scene: Scene, path: string, delay = 0): Promise<void> {
  server = await startFixtureServer(scene, delay);
  // The real policy stays on here: nothing inline may be needed.
  page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  page.setDefaultTimeout(15_000);
  await page.goto(server.url + path);
}

const head = () => page.locator("h1").first().innerText();
const posts = () => server.api.posted.map((p) => p.path);

describe("repair", () => {
  it("goes from the overview to an undo with the keyboard alone", async () => {
    await open("story", "/");
    await page.getByRole("heading", { name: /Not all of them/ }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await page.getByRole("heading", { name: /Four open incidents/ }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Active customers in Klaviyo is 75,584/ }).waitFor();

    await page.keyboard.press("d");
    await page.getByRole("heading", { name: /41 changes in Ghost/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/plans/89");
    expect(posts()).toEqual(["/incidents/1042/plan"]);

    const field = page.getByLabel(/Type PL-89 41 to confirm/);
    await field.focus();
    await page.keyboard.type("PL-89 4");
    await page.keyboard.press("Enter");
    expect(posts(), "half a confirmation starts nothing").toHaveLength(1);
    await page.keyboard.type("1");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Apply 41 changes to Ghost");
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: /All 41 changes are in place/ }).waitFor();
    expect(posts()).toEqual(["/incidents/1042/plan", "/plans/89/approve", "/plans/89/apply"]);
    expect(server.api.posted.at(-1)?.body).toEqual({ hash: "9f3c71ae55d0c2b4", confirm: "PL-89 41" });

    await page.getByRole("button", { name: "Draft the undo of PL-89" }).press("Enter");
    await page.getByText("undoes PL-89").waitFor();
    expect(new URL(page.url()).pathname).toBe("/plans/90");
    expect(await page.getByText("suppressions stay: Plumbline never lifts one").isVisible()).toBe(true);
  });

  it("shows progress that adds up, and stops on request", async () => {
    await open("applying", "/plans/88");
    await page.getByRole("heading", { name: "11,476 of 27,399 changes have ended. 15,676 wait." }).waitFor();
    const numbers = await page.locator(".ledger dd").allInnerTexts();
    expect(numbers.reduce((sum, text) => sum + Number(text.replace(/\D/g, "")), 0)).toBe(27_399);
    await page.locator("main").getByRole("button", { name: "Stop PL-88" }).click();
    await page.getByRole("heading", { name: /Stopped after/ }).waitFor();
    expect(posts()).toEqual(["/plans/88/stop"]);
  });

  it("does not run a plan that fails a safeguard and drafts the smaller one", async () => {
    await open("story", "/plans/88");
    await page.getByText("This plan can’t run as it stands").waitFor();
    expect(
      await page.getByRole("button", { name: "Apply 27,399 changes to Klaviyo and HubSpot" }).isDisabled(),
    ).toBe(true);
    await page.getByRole("button", { name: "Suppress only the 1,204 in Klaviyo" }).click();
    await page.getByRole("heading", { name: /1,204 changes in Klaviyo/ }).waitFor();
    expect(server.api.posted).toEqual([{ path: "/incidents/1042/plan", body: { only: ["suppress"] } }]);
    expect(await page.locator(".confirm .btn").innerText()).toBe("Suppress 1,204 people in Klaviyo");
  });

  it("waits for a second person, who approves and applies", async () => {
    await open("story", "/plans/87");
    const confirm = async () => {
      await page.getByLabel("411 people may get mail when they are added").check();
      await page.getByLabel(/Type PL-87 1411 to confirm/).fill("PL-87 1411");
      await page.locator(".confirm button[type=submit]").click();
    };
    await confirm();
    await page.getByText("You have approved it. A second person has to approve it too.").first().waitFor();
    expect(posts()).toEqual(["/plans/87/approve"]);
    await page.getByRole("button", { name: "Act as Ben" }).click();
    await page.getByText(/as Ben/).waitFor();
    await confirm();
    await page.getByRole("heading", { name: /All 1,411 changes are in place/ }).waitFor();
    expect(posts()).toEqual(["/plans/87/approve", "/session", "/plans/87/approve", "/plans/87/apply"]);
  });

  it("needs the tick about automations before anything is sent", async () => {
    await open("story", "/plans/87");
    const field = page.getByLabel(/Type PL-87 1411 to confirm/);
    await field.fill("PL-87 1411");
    await field.press("Enter");
    await page.getByText("Tick that adding may send mail.").waitFor();
    expect(posts()).toEqual([]);
  });
});

describe("incident", () => {
  it("is taken with a key, once, and names who has it", async () => {
    await open("story", "/incidents/1042");
    await page.getByText("nobody owns it").waitFor();
    await page.keyboard.press("a");
    await page.getByText("Ana is on it").first().waitFor();
    expect(server.api.posted).toEqual([{ path: "/incidents/1042/take", body: { version: 7 } }]);
  });

  it("is called no problem with a key or the button, and says what that means", async () => {
    await open("story", "/incidents/1042");
    await page.getByRole("button", { name: "Not a problem" }).click();
    await page.getByText(/stays quiet for 14 days unless it gets worse/).waitFor();
    expect(server.api.posted).toEqual([{ path: "/incidents/1042/dismiss", body: { version: 7 } }]);
    expect(await page.getByRole("button", { name: "Not a problem" }).count()).toBe(0);
    await page.keyboard.press("f");
    expect(server.api.posted).toHaveLength(1); // it is said already
  });

  it("is snoozed from a menu that gives the focus back", async () => {
    await open("story", "/incidents/1042");
    await page.getByText("nobody owns it").waitFor();
    await page.keyboard.press("s");
    await page.getByRole("menuitem", { name: "1 hour" }).waitFor();
    await page.getByRole("menuitem", { name: "1 hour" }).click();
    await page.getByText(/snoozed until 07:20/).waitFor();
    expect(server.api.posted[0]?.body).toEqual({ version: 7, until: "2026-11-24T06:20:00.000Z" });
  });

  it("says when somebody was quicker", async () => {
    await open("story", "/incidents/1042");
    await page.getByText("nobody owns it").waitFor();
    server.api.post("/incidents/1042/take", { version: 7 });
    await page.keyboard.press("e");
    await page.getByText("Somebody was quicker").waitFor();
    expect(await page.getByText(/Already taken at 06:40 by Ben/).isVisible()).toBe(true);
  });
});

describe("finding one’s way", () => {
  it("keeps filters in the URL and can clear them", async () => {
    await open("story", "/incidents");
    await page.getByLabel("Severity").selectOption("act");
    await page.waitForURL(/severity=act/);
    await page.getByLabel("System").selectOption("warehouse");
    await page.getByText("No incident matches 2 filters").waitFor();
    await page.reload();
    await page.getByText("No incident matches 2 filters").waitFor();
    await page.getByRole("link", { name: "Clear filters" }).click();
    await page.getByRole("heading", { name: /Four open incidents/ }).waitFor();
    expect(page.url()).not.toContain("severity");
  });

  it("shows what it shows otherwise where the URL asks for what there is not", async () => {
    await open("story", "/audiences/active_customers?tab=nonsense&days=3650000");
    await page.getByRole("heading", { name: /^Size/ }).waitFor();
    expect(await page.locator(".tabs [aria-current]").allInnerTexts()).toEqual(["Summary"]);
    await page.goto(`${server.url}/incidents?state=gone&severity=loud`);
    await page.getByRole("heading", { name: /Four open incidents/ }).waitFor();
  });

  it("finds by typing, and gives the focus back when closed", async () => {
    await open("story", "/");
    const button = page.getByRole("button", { name: /Find an audience/ });
    await button.focus();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("combobox").waitFor({ state: "detached" });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("trial aud");
    await page.getByRole("option", { name: /Trial/ }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/audiences\/trial/);
  });

  it("ignores single keys while typing, and when they are switched off", async () => {
    await open("story", "/plans/89");
    await page.goto(`${server.url}/plans/87`);
    await page.getByLabel(/Type PL-87/).focus();
    await page.keyboard.type("gi?");
    expect(new URL(page.url()).pathname).toBe("/plans/87");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.evaluate(() => localStorage.setItem("plumbline-keys", "off"));
    await page.locator("h1").first().click();
    await page.keyboard.press("?");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("keeps the chosen colours over a reload", async () => {
    await open("story", "/");
    const theme = () =>
      page.evaluate(() => document.documentElement.getAttribute("data-mantine-color-scheme"));
    const button = page.getByRole("button", { name: /colours/ });
    await button.click();
    await button.click();
    expect(await theme()).toBe("dark");
    await page.reload();
    await page.locator("h1").first().waitFor();
    expect(await theme()).toBe("dark");
  });

  it("shows a skeleton only when the answer is slow, with words", async () => {
    await open("story", "/", 1500);
    await page.getByText("Comparing people across systems").waitFor();
    await page.getByRole("heading", { name: /Not all of them/ }).waitFor();
    expect(await head()).toContain("27,310 extra people in Klaviyo");
  });

  it("starts the first read on the first day", async () => {
    await open("first", "/");
    await page.getByRole("button", { name: "Read now" }).click();
    await expect.poll(posts).toEqual(["/audit"]);
  });
});

describe("what only an admin does", () => {
  it("turns writes on behind a reason, and nothing is sent without one", async () => {
    await open("admin", "/systems");
    await page.getByRole("button", { name: "Turn writes on for Mailchimp" }).click();
    const dialog = page.getByRole("dialog");
    const reason = dialog.getByLabel("Reason, for the log");
    await reason.press("Enter");
    expect(await dialog.getByRole("button", { name: "Turn writes on" }).getAttribute("aria-disabled")).toBe(
      "true",
    );
    expect(posts(), "no reason, no request").toEqual([]);
    await reason.fill("the agency is done");
    await dialog.getByRole("button", { name: "Turn writes on" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(server.api.posted).toEqual([
      { path: "/systems/mailchimp/writes", body: { enabled: true, reason: "the agency is done" } },
    ]);
    await page.getByText("by Cleo: the agency is done").waitFor();
  });

  it("overrides a size with a reason, and looks at suppressions afterwards", async () => {
    await open("admin", "/plans/88");
    await page.getByLabel("Override its size, because").fill("the fair is over");
    await page.getByRole("button", { name: "Override once, for 60 minutes" }).click();
    await page.getByText("Cleo overrode its size, because “the fair is over”").waitFor();
    await page.goto(`${server.url}/plans/83`);
    await page.getByRole("button", { name: "I have looked at them" }).click();
    await page.getByText(/Cleo looked at the 1,204 people suppressed/).waitFor();
    expect(posts()).toEqual(["/plans/88/override", "/plans/83/review"]);
    expect(server.api.posted[0]?.body).toEqual({ hash: "9f3c71ae55d0c2b4", reason: "the fair is over" });
  });
});
