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

/**
 * Loads the program, then becomes somebody who owns nothing, and runs it: where this repository lies, they may not even
 * reach the program.
 */
const AS_NOBODY = `
  const [root, ...argv] = process.argv.slice(1);
  const { runCli } = await import(root + "/dist/app/cli/run.js");
  await import(root + "/dist/app/cli/compare.js");
  process.seteuid(65534);
  process.exitCode = await runCli(argv, {
    stdin: () => process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd(),
    isTTY: false, signal: new AbortController().signal,
  });`;

/** Runs `plumbline compare`. @param shell what a shell does before, such as to set a limit; `nobody`: as somebody else */
export function compareIn(
  root: string,
  cwd: string,
  argv: readonly string[],
  {
    shell = "",
    env = {},
    nobody = false,
  }: { shell?: string; env?: Record<string, string>; nobody?: boolean } = {},
): Ended {
  const run = spawnSync(
    "/bin/sh",
    [
      "-c",
      `${shell}\nexec "$@"`,
      "sh",
      process.execPath,
      ...(nobody ? ["--input-type=module", "-e", AS_NOBODY, root] : [join(root, "dist/app/cli/main.js")]),
      "compare",
      ...argv,
    ],
    {
      cwd,
      encoding: "utf8",
      env: { ...process.env, ...env },
      maxBuffer: 1 << 26,
    },
  );
  return { code: run.status, out: run.stdout, err: run.stderr };
}
