import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { AuditorError } from "../../core/errors.ts";

/**
 * Writes a page that appears whole or not at all, beside its place first. A place that is no plain file (a pipe, a link)
 * is written as it is.
 *
 * @param shown what messages call the file
 * @throws AuditorError config when it cannot be written there
 */
export async function writePage(path: string, shown: string, html: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  const beside = there === null || there.isFile() ? `${path}.${process.pid}.tmp` : path;
  try {
    await writeFile(beside, html);
    if (beside !== path) await rename(beside, path);
  } catch (cause) {
    if (beside !== path) await rm(beside, { force: true });
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new AuditorError(
      "config",
      shown,
      `the page cannot be written${code}`,
      "name a file in a folder that you may write and that has room",
      { cause },
    );
  }
}
