import { writeFile } from "node:fs/promises";
import { AuditorError } from "../../core/errors.ts";

/** Unmasked people: a new file for its owner alone. An older one stays as it is, since its mode would stay too. */
export async function writeExport(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    const taken = cause.code === "EEXIST";
    throw new AuditorError(
      "config",
      "--out",
      taken ? `${path} is there already` : `${path} cannot be written (${String(cause.code)})`,
      taken ? "name another file, or take that one away" : "name a file in a folder that you may write to",
      { cause },
    );
  }
}
