import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

const SYSTEM = "/usr/bin/chromium";

/** The browser inside the npm package; where that cannot run, the system's. Its first start unpacks for some seconds. */
export async function launch(): Promise<Browser> {
  const packed = await chromium.executablePath().catch((error: unknown) => {
    if (existsSync(SYSTEM)) return SYSTEM;
    throw error;
  });
  // Both flags make this build crash with several pages.
  const args = chromium.args.filter((arg) => arg !== "--single-process" && arg !== "--no-zygote");
  return playwright.launch({ executablePath: packed, args, headless: true });
}
