import { createCipheriv, createDecipheriv } from "node:crypto";
import { AuditorError } from "../core/errors.ts";
import type { Sealer } from "../core/ports.ts";
import type { Keys } from "./keys.ts";

const IV = 12;
const TAG = 16;

/** AES-256-GCM: iv, ciphertext, tag. `context` is authenticated, not stored: a block moved elsewhere does not open. */
export function sealBytes(key: Uint8Array, iv: Uint8Array, plain: Uint8Array, context: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(context);
  const body = cipher.update(plain);
  cipher.final(); // GCM is a stream cipher: final adds no bytes
  return Buffer.concat([iv, body, cipher.getAuthTag()]);
}

/** @throws the cipher's error when the block was changed, cut, moved, or sealed with another key */
export function openBytes(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Buffer {
  if (sealed.length < IV + TAG) throw new RangeError("too short");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV), { authTagLength: TAG });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const plain = decipher.update(sealed.subarray(IV, sealed.length - TAG));
  decipher.final();
  return plain;
}

export const IV_BYTES = IV;
/** How much longer a sealed block is. */
export const SEAL_BYTES = IV + TAG;
const TEXT_CONTEXT = new TextEncoder().encode("plumbline/text");

/**
 * Seals small texts with the `seal` key as base64url.
 *
 * @param randomBytes cryptographic randomness; a repeated nonce would break the seal
 */
export function sealer(keys: Keys, randomBytes: (n: number) => Uint8Array): Sealer {
  return {
    seal: (plain) =>
      sealBytes(keys.seal, randomBytes(IV), new TextEncoder().encode(plain), TEXT_CONTEXT).toString(
        "base64url",
      ),
    open(sealed) {
      try {
        return openBytes(keys.seal, Buffer.from(sealed, "base64url"), TEXT_CONTEXT).toString("utf8");
      } catch (cause) {
        throw new AuditorError(
          "bad_data",
          "sealed value",
          "it was changed, cut, or sealed with another secret",
          "restore the secret that this data folder was made with, or draft the plan anew",
          { cause },
        );
      }
    },
  };
}
