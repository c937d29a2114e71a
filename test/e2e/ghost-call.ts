import { createHmac } from "node:crypto";

const part = (o: unknown): string => Buffer.from(JSON.stringify(o)).toString("base64url");
/** An Admin API token as a client makes it; claims and header may be bent. */
export function token(
  key: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): string {
  const [kid = "", secret = ""] = key.split(":");
  const iat = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: "HS256", typ: "JWT", kid, ...header })}.${part({ iat, exp: iat + 300, aud: "/admin/", ...claims })}`;
  return `${signed}.${createHmac("sha256", Buffer.from(secret, "hex")).update(signed).digest("base64url")}`;
}

export type Told = {
  id: string;
  email: string;
  name: string | null;
  subscribed: boolean;
  updated_at: string;
  labels: { name: string }[];
};
type Body = {
  members: [Told, ...Told[]];
  meta: { pagination: Record<"total" | "next" | "prev" | "page", number | null> };
  errors: [
    { message: string; context: string | null; type: string; code: string | null; property: string | null },
  ];
};
export type Reply = { status: number; headers: Headers; body: Body };
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  auth?: string,
  timeout?: number,
) => Promise<Reply>;

/** The least client of a Ghost, real or simulated: answers as they come, whatever the status. */
export async function ghostCall(
  sim: { readonly url: string; readonly key: string },
  ...[method, path, body, auth = `Ghost ${token(sim.key)}`, timeout = 2000]: Parameters<Call>
): Promise<Reply> {
  const response = await fetch(`${sim.url}/ghost/api/admin${path}`, {
    method,
    headers: { authorization: auth, "accept-version": "v5.0", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeout),
    redirect: "manual",
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith("{") ? JSON.parse(text) : {},
  };
}
export const filter = (f: string): string => `filter=${encodeURIComponent(f)}`;
export const emails = (r: Reply): string[] => r.body.members.map((m: { email: string }) => m.email);
