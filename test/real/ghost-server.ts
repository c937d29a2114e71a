import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, "scripts");

export type GhostAnswer = { readonly status: number; readonly body: Record<string, unknown> };
export type RealGhost = {
  readonly url: string;
  /** Admin API key `id:secret`. */
  readonly key: string;
  /** One request to the Admin API, by a client that shares nothing with ours. */
  call(method: string, path: string, body?: unknown): Promise<GhostAnswer>;
  /** Imports as CSV, the fast way in; at most 500 rows. Labels may not hold commas. */
  importCsv(
    rows: readonly { email: string; name: string; labels: readonly string[]; subscribed: boolean }[],
  ): Promise<void>;
  /** Deletes every member. */
  clear(): Promise<void>;
  /** What Ghost's mail job does after a hard bounce or a complaint. */
  suppress(email: string, reason: "bounce" | "spam"): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Installs a real Ghost (once a machine, about a minute) and starts it on loopback with a folder of its own.
 *
 * @returns null, with NOT RUN printed, where it cannot be installed; with REQUIRE_MATERIAL=1 that is a failure
 */
export async function startRealGhost(): Promise<RealGhost | null> {
  let data = "";
  try {
    await run("bash", [join(SCRIPTS, "ghost-install.sh")], { timeout: 540_000 });
    data = await mkdtemp("/tmp/plumbline-ghost-");
    const { stdout } = await run("bash", [join(SCRIPTS, "ghost-start.sh"), data], { timeout: 180_000 });
    const { url, key } = JSON.parse(stdout) as { url: string; key: string };
    return ghostAt(url, key, data);
  } catch (e) {
    if (data !== "") await rm(data, { recursive: true, force: true });
    if (process.env.REQUIRE_MATERIAL === "1") throw e;
    console.warn(
      `NOT RUN: the real Ghost cannot be installed or started here (${e instanceof Error ? e.message.slice(0, 500) : String(e)})`,
    );
    return null;
  }
}

function ghostAt(url: string, key: string, data: string): RealGhost {
  const send = async (
    method: string,
    path: string,
    body: BodyInit | null,
    type: string | null,
  ): Promise<GhostAnswer> => {
    const headers = {
      "accept-version": "v5.0",
      authorization: `Ghost ${token(key)}`,
      ...(type === null ? {} : { "content-type": type }),
    };
    const answer = await fetch(`${url}/ghost/api/admin${path}`, { method, headers, body });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
  const call: RealGhost["call"] = (method, path, body) =>
    send(
      method,
      path,
      body === undefined ? null : JSON.stringify(body),
      body === undefined ? null : "application/json",
    );
  const ok = (a: GhostAnswer, what: string): void => {
    if (a.status >= 300) throw new Error(`${what}: ${a.status} ${JSON.stringify(a.body).slice(0, 300)}`);
  };
  return {
    url,
    key,
    call,
    async importCsv(rows) {
      const field = (s: string) => `"${s.replaceAll('"', '""')}"`;
      const csv = [
        "email,name,subscribed_to_emails,labels",
        ...rows.map((r) => [r.email, r.name, String(r.subscribed), r.labels.join(",")].map(field).join(",")),
      ].join("\n");
      const form = new FormData();
      form.set("membersfile", new Blob([csv], { type: "text/csv" }), "members.csv");
      const answer = await send("POST", "/members/upload/", form, null);
      ok(answer, "import");
    },
    async clear() {
      ok(await call("DELETE", "/members/?all=true"), "clear");
    },
    async suppress(email, reason) {
      await run(process.execPath, [join(SCRIPTS, "ghost-suppress.mjs"), data, email], {
        env: { ...process.env, REASON: reason },
      });
    },
    async stop() {
      await run("bash", [join(SCRIPTS, "ghost-stop.sh"), data], { timeout: 60_000 });
      await rm(data, { recursive: true, force: true });
    },
  };
}

function token(key: string): string {
  const [id, secret] = key.split(":");
  const now = Math.floor(Date.now() / 1000);
  const part = (o: unknown) => Buffer.from(JSON.stringify(o)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT", kid: id })}.${part({ iat: now, exp: now + 300, aud: "/admin/" })}`;
  return `${signed}.${createHmac("sha256", Buffer.from(secret ?? "", "hex"))
    .update(signed)
    .digest("base64url")}`;
}
