import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** A copy of everything that git knows of, beside a link to the installed packages, where a bug may be planted. */
export function copyOfSource(root: string, into: string): string {
  mkdirSync(into, { recursive: true });
  const copy = mkdtempSync(join(into, "bite-"));
  const listed = execFileSync("git", ["ls-files", "-z"], { cwd: root, maxBuffer: 64 << 20 }).toString();
  for (const file of listed.split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}
