// Builds dist/: compiled server code, the files it reads at run time, and the dashboard in dist/public.
// A step whose inputs are older than its output is left out, so a second start is quick.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileKernel, KERNEL_SOURCES } from "./kernel.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = process.argv.includes("--quiet");
const require = createRequire(import.meta.url);

const SERVER = [
  "core",
  "config",
  "systems",
  "collectors",
  "members",
  "checks",
  "sync",
  "alerts",
  "store",
  "app",
  "demo",
  "bench",
];
/** Made here, not copied: the kernel of member sets, for a memory of its own and for one that threads share. */
const KERNELS = [
  { file: join(root, "dist/members/kernel/kernel.wasm"), shared: false },
  { file: join(root, "dist/members/kernel/kernel-shared.wasm"), shared: true },
];
/** Read at run time through import.meta.url, so they must stand beside the compiled code. */
const ASSET = /\.(sql|ya?ml|json|html|css|txt|ttf|sh|wasm)$/;

/** @param {string} packageName @param {string} binName @param {string[]} args */
function run(packageName, binName, args) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = require(manifest);
  const script = join(dirname(manifest), typeof bin === "string" ? bin : bin[binName]);
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ["ignore", quiet ? "pipe" : "inherit", "pipe"],
    encoding: "utf8",
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}\n`);
    process.stderr.write(
      `Build failed in ${binName} (exit ${result.status ?? result.signal ?? result.error?.message}).\n`,
    );
    process.exit(1);
  }
  if (!quiet) process.stderr.write(result.stderr);
}

/** @param {string} folder @returns {string[]} */
function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Mirrors: a renamed migration must not live on in dist/. */
function copyAssets() {
  for (const folder of SERVER) {
    for (const copy of files(join(root, "dist", folder))) {
      if (
        ASSET.test(copy) &&
        !KERNELS.some(({ file }) => file === copy) &&
        !existsSync(join(root, copy.slice(join(root, "dist").length + 1)))
      )
        rmSync(copy);
    }
    for (const from of files(join(root, folder))) {
      if (!ASSET.test(from)) continue;
      const to = join(root, "dist", from.slice(root.length + 1));
      if (existsSync(to) && statSync(to).mtimeMs >= statSync(from).mtimeMs) continue;
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
    }
  }
}

function dashboardIsCurrent() {
  const page = join(root, "dist", "public", "index.html");
  if (!existsSync(page)) return false;
  const built = statSync(page).mtimeMs;
  const inputs = [
    ...files(join(root, "dashboard")),
    join(root, "package-lock.json"),
    join(root, "app/api/contract.ts"),
  ];
  return inputs.every((file) => !existsSync(file) || statSync(file).mtimeMs <= built);
}

function buildKernels() {
  const inputs = [
    ...files(KERNEL_SOURCES),
    ...["package-lock.json", "scripts/kernel.mjs"].map((file) => join(root, file)),
  ];
  for (const { file, shared } of KERNELS) {
    const from = existsSync(file) ? statSync(file).mtimeMs : 0;
    if (inputs.every((input) => statSync(input).mtimeMs <= from)) continue;
    const wrong = compileKernel(file, { shared, checked: false });
    if (wrong === null) continue;
    process.stderr.write(`${wrong}\nBuild failed in asc.\n`);
    process.exit(1);
  }
}

copyAssets();
buildKernels();
run("typescript", "tsc", ["-b", "tsconfig.server.json"]);
const bin = join(root, "dist/app/cli/main.js");
if (existsSync(bin)) chmodSync(bin, 0o755);
if (existsSync(join(root, "dashboard/index.html")) && !dashboardIsCurrent()) {
  run("vite", "vite", [
    "build",
    "dashboard",
    "--outDir",
    "../dist/public",
    "--emptyOutDir",
    ...(quiet ? ["--logLevel", "error"] : []),
  ]);
}
