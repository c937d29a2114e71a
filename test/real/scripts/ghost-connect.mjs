// Waits for Ghost, makes its owner and one integration if they are missing, writes DATA/connection.json. Called by ghost-start.sh.
import { renameSync, writeFileSync } from "node:fs";

const [data, url, pid] = process.argv.slice(2);
const user = "owner@example.test",
  password = "Qm9fLx72pz!ab",
  name = "Tests";
let cookie = "";

async function admin(method, path, body) {
  const headers = { origin: url, "accept-version": "v5.0", "content-type": "application/json", cookie }; // sessions check origin
  const answer = await fetch(`${url}/ghost/api/admin${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  cookie ||= answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  return text.startsWith("{") ? JSON.parse(text) : text;
}

// The first start migrates for seconds: refused, then 503, then ready. A dead process never gets there (kill throws).
for (const deadline = Date.now() + 120_000; ; await new Promise((r) => setTimeout(r, 100))) {
  process.kill(+pid, 0);
  try {
    await admin("GET", "/site/");
    break;
  } catch (e) {
    if (Date.now() > deadline) throw e;
  }
}
const {
  setup: [{ status: done }],
} = await admin("GET", "/authentication/setup/");
if (!done)
  await admin("POST", "/authentication/setup/", {
    setup: [{ name: "Owner", email: user, password, blogTitle: "Test" }],
  });
cookie = "";
await admin("POST", "/session/", { username: user, password });
const { integrations } = await admin("GET", "/integrations/?include=api_keys&limit=all");
const ours =
  integrations.find((i) => i.name === name) ??
  (await admin("POST", "/integrations/?include=api_keys", { integrations: [{ name }] })).integrations[0];
const { secret: key } = ours.api_keys.find((k) => k.type === "admin"); // id:secret
writeFileSync(`${data}/connection.json.new`, `${JSON.stringify({ url, key, user, password, pid: +pid })}\n`);
renameSync(`${data}/connection.json.new`, `${data}/connection.json`); // whole or absent
