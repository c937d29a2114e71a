import { createHash, hkdfSync } from "node:crypto";

/** One key per use, so that a leak of one tells nothing about another. */
export type Keys = {
  /** 16 bytes: person keys (SipHash). */
  readonly identity: Uint8Array;
  /** 16 bytes: attribute fingerprints (SipHash). */
  readonly fingerprint: Uint8Array;
  /** 32 bytes: AES-256-GCM of spooled rows and plan values. */
  readonly seal: Uint8Array;
  /** 32 bytes: session cookies. */
  readonly session: Uint8Array;
};

const derive = (secret: Uint8Array, use: string, bytes: number): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "plumbline/v1", use, bytes));

/** HKDF-SHA256, RFC 5869. @param secret at least 16 random bytes; the caller checks that */
export function deriveKeys(secret: Uint8Array): Keys {
  return {
    identity: derive(secret, "identity", 16),
    fingerprint: derive(secret, "fingerprint", 16),
    seal: derive(secret, "seal", 32),
    session: derive(secret, "session", 32),
  };
}

/** 16 hex digits that tell two secrets apart and give neither away; the database keeps it. */
export function secretFingerprint(secret: Uint8Array): string {
  return createHash("sha256")
    .update(derive(secret, "secret-fingerprint", 32))
    .digest("hex")
    .slice(0, 16);
}
