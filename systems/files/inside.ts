import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { AuditorError } from "../../core/errors.ts";

/** The export folder as it really is. @throws config */
export async function realFolder(folder: string, configFolder: string, where: string): Promise<string> {
  try {
    return await realpath(resolve(configFolder, folder));
  } catch (cause) {
    throw new AuditorError(
      "config",
      where,
      "its folder does not exist or cannot be entered",
      "correct `folder`, or mount it",
      { cause },
    );
  }
}

/** Path of a file of that folder. A name or a symbolic link that leads outside is refused. @throws config */
export async function pathInside(folder: string, file: string, where: string): Promise<string> {
  const path = resolve(folder, file);
  const within = (p: string): boolean => p.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  const outside = (): AuditorError =>
    new AuditorError(
      "config",
      where,
      "the file lies outside the system’s folder",
      "name a file inside `folder`",
    );
  if (!within(path)) throw outside();
  let real: string;
  try {
    real = await realpath(path);
  } catch {
    return path; // not there: opening it says so
  }
  if (!within(real)) throw outside();
  return path;
}
