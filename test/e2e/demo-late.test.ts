import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { fixedClock } from "../../core/clock.ts";
import { AD_FILES, type ExportedName } from "../../demo/company/ads.ts";
import { DemoHost } from "../../demo/host.ts";

test("a company whose history was written is there on its last days as if it had been lived", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-late-"));
  const host = await DemoHost.start(
    { size: 600, seed: 1, today: "2026-11-24", warehouseAdminUrl: inject("embedded").adminUrl, folder },
    fixedClock("2027-01-10T09:00:00Z"),
  );
  try {
    const stale = host.world.planted.find((p) => p.kind === "stale_copy");
    if (stale?.audience == null) throw new Error("every seed plants a stale copy");
    const name = stale.audience as ExportedName;
    await host.world.day(56);
    const changed = (file: string) => statSync(join(host.world.adsFolder, file)).mtime.getTime();
    const others = Object.entries(AD_FILES).filter(([audience]) => audience !== stale.audience);
    const newest = Math.max(...others.map(([, file]) => changed(file)));
    expect(newest - changed(AD_FILES[name])).toBe((56 - (stale.from - 1)) * 86_400_000);
  } finally {
    await host.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
