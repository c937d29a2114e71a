import { createHmac } from "node:crypto";
import { AuditorError } from "../../core/errors.ts";

/**
 * A token for Ghost's Admin API: HS256 over the key's secret as bytes, five minutes at most, so one is made per request.
 *
 * @param key Admin API key `id:secret`, both hex
 * @param nowMs the server's time, milliseconds
 * @throws AuditorError config when the key does not look like one; the key itself is never quoted
 * @see https://ghost.org/docs/admin-api/#token-authentication (read 2026-11-23)
 */
export function adminToken(where: string, key: string, nowMs: number): string {
  const match = /^\s*([0-9a-f]{24}):((?:[0-9a-f]{2})+)\s*$/i.exec(key);
  if (!match?.[1] || !match[2]) {
    throw new AuditorError(
      "config",
      where,
      "the key is not an Admin API key (24 hex digits, a colon, then hex digits)",
      "copy the Admin API key of a custom integration in Ghost; the Content API key will not do",
    );
  }
  const now = Math.floor(nowMs / 1000);
  const part = (o: unknown) => Buffer.from(JSON.stringify(o)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT", kid: match[1] })}.${part({ iat: now, exp: now + 300, aud: "/admin/" })}`;
  return `${signed}.${createHmac("sha256", Buffer.from(match[2], "hex")).update(signed).digest("base64url")}`;
}
