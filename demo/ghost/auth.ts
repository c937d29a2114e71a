import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { ApiError, unauthorized } from "./api-error.ts";

/** A new Admin API key, `id:secret`: 24 and 64 hex digits, as Ghost makes them. */
export const newKey = (): string => `${randomBytes(12).toString("hex")}:${randomBytes(32).toString("hex")}`;

const decode = (part: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
};

const invalidToken = (why: string): ApiError => unauthorized(`Invalid token: ${why}`, "INVALID_JWT");

/**
 * Checks an `Authorization: Ghost <jwt>` header in Ghost's order and with its answers.
 *
 * HS256 over the *bytes* of the hex secret, `aud` /admin/, `iat` at most five minutes old (`exp` may lie further away:
 * Ghost limits the age, not the end).
 * @param now seconds since 1970
 */
export function checkAuthorization(header: string | undefined, key: string, now: number): void {
  if (!header) {
    throw new ApiError(403, "NoPermissionError", "Authorization failed", {
      context:
        "Unable to determine the authenticated user or integration. Check that cookies are being passed through if using session authentication.",
    });
  }
  const [scheme, token] = header.split(" ");
  if (!/^ghost$/i.test(scheme ?? "") || !token) {
    throw unauthorized(
      'Authorization header format is "Authorization: Ghost [token]"',
      "INVALID_AUTH_HEADER",
    );
  }
  const [head = "", payload = "", signature = ""] = token.split(".");
  const header_ = decode(head);
  const claims = decode(payload);
  if (!header_ || !claims)
    throw new ApiError(400, "BadRequestError", "Invalid token", { code: "INVALID_JWT" });
  if (!header_.kid)
    throw new ApiError(400, "BadRequestError", "Admin API kid missing.", { code: "MISSING_ADMIN_API_KID" });

  const [id = "", secret = ""] = key.split(":");
  if (header_.kid !== id) throw unauthorized("Unknown Admin API Key", "UNKNOWN_ADMIN_API_KEY");
  if (header_.alg !== "HS256") throw invalidToken("invalid algorithm");
  const expected = createHmac("sha256", Buffer.from(secret, "hex")).update(`${head}.${payload}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw invalidToken("invalid signature");

  const { exp, iat, aud } = claims;
  if (typeof exp === "number" && now >= exp) throw invalidToken("jwt expired");
  if (typeof aud !== "string" || !/\/?admin\/?$/.test(aud)) {
    throw invalidToken("jwt audience invalid. expected: /\\/?admin\\/?$/");
  }
  if (typeof iat !== "number") throw invalidToken("iat required when maxAge is specified");
  if (now > iat + 300) throw invalidToken("maxAge exceeded");
}
