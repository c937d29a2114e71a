import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the built program stands: `dist/` is in it. */
export const BUILT = fileURLToPath(new URL("../../", import.meta.url));

/** A copy of the built program without its kernel: every file is read by the reference. */
export function withoutKernel(): { readonly root: string; remove(): void } {
  mkdirSync(join(BUILT, ".cache"), { recursive: true });
  const root = mkdtempSync(join(BUILT, ".cache", "no-kernel-"));
  chmodSync(root, 0o755);
  cpSync(join(BUILT, "dist"), join(root, "dist"), {
    recursive: true,
    filter: (path) => !path.endsWith(".wasm") && !path.endsWith("public"),
  });
  cpSync(join(BUILT, "package.json"), join(root, "package.json"));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs `plumbline compare`. @param shell what a shell does before, such as to set a limit */
export function compareIn(
  root: string,
  cwd: string,
  argv: readonly string[],
  { shell = "", env = {}, uid }: { shell?: string; env?: Record<string, string>; uid?: number } = {},
): Ended {
  const run = spawnSync(
    "/bin/sh",
    [
      "-c",
      `${shell}\nexec "$@"`,
      "sh",
      process.execPath,
      join(root, "dist/app/cli/main.js"),
      "compare",
      ...argv,
    ],
    {
      cwd,
      encoding: "utf8",
      env: { ...process.env, ...env },
      maxBuffer: 1 << 26,
      ...(uid === undefined ? {} : { uid }),
    },
  );
  return { code: run.status, out: run.stdout, err: run.stderr };
}
