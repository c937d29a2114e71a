import { createHmac, createPrivateKey, sign } from "node:crypto";
import { AuditorError } from "../../core/errors.ts";
import type { RestAuth } from "../../core/rest-config.ts";

type Jwt = Extract<RestAuth, { kind: "jwt" }>;

/**
 * A signed token (RFC 7519; HS256 and RS256 of RFC 7518). `iat` and `exp` are added to the configured claims.
 *
 * @param key the secret itself: PEM for RS256, else text as `encoding` says
 * @param nowMs the server's time, milliseconds
 * @throws AuditorError config when the key cannot be used; the key is never quoted
 */
export function signedToken(where: string, auth: Jwt, key: string, nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  const part = (o: unknown) => Buffer.from(JSON.stringify(o)).toString("base64url");
  const header = { alg: auth.algorithm, typ: "JWT", ...(auth.keyId === null ? {} : { kid: auth.keyId }) };
  const signed = `${part(header)}.${part({ ...auth.claims, iat: now, exp: now + auth.lastsMinutes * 60 })}`;
  const signature = auth.algorithm === "HS256" ? hmac(where, auth, key, signed) : rsa(where, key, signed);
  return `${signed}.${signature.toString("base64url")}`;
}

function hmac(where: string, auth: Jwt, key: string, signed: string): Buffer {
  const bytes = Buffer.from(key.trim(), auth.encoding);
  const whole =
    auth.encoding === "hex"
      ? /^(?:[0-9a-f]{2})+$/i.test(key.trim())
      : auth.encoding !== "base64" || /^[A-Za-z0-9+/_-]+={0,2}$/.test(key.trim());
  if (bytes.length === 0 || !whole)
    throw unusable(where, `the key is not written as ${auth.encoding}`, "correct key_encoding or the key");
  return createHmac("sha256", bytes).update(signed).digest();
}

function rsa(where: string, pem: string, signed: string): Buffer {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== "rsa") throw new TypeError("not RSA");
    return sign("sha256", Buffer.from(signed), key);
  } catch (e) {
    // no cause: it may quote the key
    if (!(e instanceof Error)) throw e;
    throw unusable(
      where,
      "the key is no RSA private key in PEM",
      "give the whole PEM file, BEGIN line and all",
    );
  }
}

const unusable = (where: string, what: string, fix: string): AuditorError =>
  new AuditorError("config", where, what, fix);
