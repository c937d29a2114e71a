// `npm run dev`: compiler in watch mode, server restarted on every change, dashboard with hot reload.
// The server answers on PORT (4780); the dashboard on 5173 forwards /api and /demo to it.
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, "node_modules", ".bin", name);
const first = spawnSync(process.execPath, [join(root, "scripts/build.mjs"), "--quiet"], { stdio: "inherit" });
if (first.status !== 0) process.exit(first.status ?? 1);

const children = [
  spawn(bin("tsc"), ["-b", "-w", "--preserveWatchOutput", "tsconfig.server.json"], {
    cwd: root,
    stdio: "inherit",
  }),
  spawn(process.execPath, ["--watch", "dist/app/cli/main.js", "serve", ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  }),
  spawn(bin("vite"), ["dashboard"], { cwd: root, stdio: "inherit" }),
];

let stopping = false;
/** @param {number} code */
function stop(code) {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of children) child.kill("SIGTERM");
}
process.on("SIGINT", () => stop(130));
process.on("SIGTERM", () => stop(143));
for (const child of children) child.on("exit", (code) => stop(code ?? 1));
