import { stat } from "node:fs/promises";
import { AuditorError } from "../../core/errors.ts";

/** How a file was when it was opened. */
export type FileState = { readonly size: number; readonly mtimeMs: number; readonly ino: number };

/** @returns null: it is not there any more */
export async function fileState(path: string): Promise<FileState | null> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return { size, mtimeMs, ino };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause) return null;
    throw cause;
  }
}

export const sameState = (a: FileState | null, b: FileState | null): boolean =>
  a !== null && b !== null && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;

export const changedError = (label: string): AuditorError =>
  new AuditorError(
    "transient",
    label,
    "the file changed while it was compared",
    "run it again when the export is done",
  );
