import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { csvError } from "./csv-error.ts";

/** @throws AuditorError not_found, or auth when it may not be read */
export async function openFile(path: string, label: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "EACCES" || code === "EPERM")
      throw csvError(label, null, "the file may not be read", "give this user the right to read it", {
        kind: "auth",
        cause,
      });
    throw csvError(
      label,
      null,
      "there is no such file",
      "check the name and the folder; the export may not have run",
      { kind: "not_found", cause },
    );
  }
}
