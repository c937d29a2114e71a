import { createCipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fingerprintOf } from "./fingerprint.ts";
import { deriveKeys, secretFingerprint } from "./keys.ts";
import { maskIdentifier, pseudonym } from "./mask.ts";
import { compareKeys, hexOfWords, personKeyOf, wordsOfHex, writeKey } from "./person-key.ts";
import { sealer } from "./sealer.ts";

const secret = Buffer.alloc(32, 7);
const keys = deriveKeys(secret);

describe("keys", () => {
  test("one per use, stable, of the right length", () => {
    expect([keys.identity, keys.fingerprint, keys.seal, keys.session].map((k) => k.length)).toEqual([
      16, 16, 32, 32,
    ]);
    expect(deriveKeys(Buffer.alloc(32, 7))).toEqual(keys);
    const heads = new Set(
      [keys.identity, keys.fingerprint, keys.seal, keys.session].map((k) =>
        Buffer.from(k.subarray(0, 16)).toString("hex"),
      ),
    );
    expect(heads.size).toBe(4);
  });

  test("the secret's fingerprint tells secrets apart and is no part of them", () => {
    expect(secretFingerprint(secret)).toMatch(/^[0-9a-f]{16}$/);
    expect(secretFingerprint(secret)).not.toBe(secretFingerprint(Buffer.alloc(32, 8)));
    expect(secret.toString("hex")).not.toContain(secretFingerprint(secret));
  });
});

describe("person keys", () => {
  test("depend on the secret and on the kind of identifier", () => {
    const a = personKeyOf(keys, "email", "ann@example.com");
    expect(a).toMatch(/^[0-9a-f]{32}$/);
    expect(personKeyOf(keys, "customer_id", "ann@example.com")).not.toBe(a);
    expect(personKeyOf(deriveKeys(Buffer.alloc(32, 8)), "email", "ann@example.com")).not.toBe(a);
  });

  test("words and hex digits say and sort the same", () => {
    const words = new Uint32Array(4);
    const made = Array.from({ length: 200 }, (_, i) => personKeyOf(keys, "email", `p${i}\u00fc@example.com`));
    writeKey(keys, "email", "p3\u00fc@example.com", words, 0);
    expect(hexOfWords(words, 0)).toBe(made[3]);
    expect(made.map((k) => hexOfWords(wordsOfHex(k), 0))).toEqual(made);
    expect(made.toSorted((a, b) => compareKeys(wordsOfHex(a), 0, wordsOfHex(b), 0))).toEqual(made.toSorted());
  });

  test("long identifiers are hashed whole", () => {
    const long = "x".repeat(5000);
    expect(personKeyOf(keys, "customer_id", `${long}a`)).not.toBe(
      personKeyOf(keys, "customer_id", `${long}b`),
    );
  });
});

describe("fingerprints", () => {
  test("absent, empty and values are three things", () => {
    expect(fingerprintOf(keys, undefined)).toBe(0);
    expect([fingerprintOf(keys, null), fingerprintOf(keys, ""), fingerprintOf(keys, "  ")]).toEqual([
      1, 1, 1,
    ]);
    expect(fingerprintOf(keys, "pro")).toBeGreaterThanOrEqual(2);
  });
  test("trimmed and NFC, case kept, keyed", () => {
    expect(fingerprintOf(keys, " pro ")).toBe(fingerprintOf(keys, "pro"));
    expect(fingerprintOf(keys, "cafe\u0301")).toBe(fingerprintOf(keys, "caf\u00e9"));
    expect(fingerprintOf(keys, "Pro")).not.toBe(fingerprintOf(keys, "pro"));
    expect(fingerprintOf(deriveKeys(Buffer.alloc(32, 8)), "pro")).not.toBe(fingerprintOf(keys, "pro"));
  });
});

describe("sealer", () => {
  const box = sealer(keys, randomBytes);
  test("opens what it sealed, and never seals the same twice", () => {
    expect(box.open(box.seal("ann@example.com \u00fc"))).toBe("ann@example.com \u00fc");
    expect(box.seal("x")).not.toBe(box.seal("x"));
    expect(box.seal("ann@example.com")).toMatch(/^[\w-]+$/);
  });
  test("refuses a changed, cut or foreign seal, without a word of its content", () => {
    const sealed = Buffer.from(box.seal("ann@example.com"), "base64url");
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => box.open(changed.toString("base64url"))).toThrow(/sealed value/);
    }
    expect(() => box.open("")).toThrow(/bad|changed/);
    expect(() =>
      sealer(deriveKeys(Buffer.alloc(32, 9)), randomBytes).open(sealed.toString("base64url")),
    ).toThrow(/another secret/);
  });
  test("is AES-256-GCM: iv, ciphertext, tag", () => {
    const iv = Buffer.alloc(12, 5);
    const cipher = createCipheriv("aes-256-gcm", keys.seal, iv).setAAD(Buffer.from("plumbline/text"));
    const body = Buffer.concat([cipher.update("hello"), cipher.final()]);
    expect(sealer(keys, () => iv).seal("hello")).toBe(
      Buffer.concat([iv, body, cipher.getAuthTag()]).toString("base64url"),
    );
  });
});

describe("masks", () => {
  test.each([
    ["email", "john@example.com", "j•••@example.com"],
    ["email", "\u{1F600}x@example.com", "\u{1F600}•••@example.com"],
    ["email", "not an address", "•••"],
    ["email", "a\u202eb@exa\u202emple.com", "a•••@example.com"],
    ["phone", "+442079460018", "+44•••18"],
    ["phone", "123", "•••"],
    ["customer_id", "C-10442", "C-•••2"],
    ["customer_id", "17", "•••"],
  ] as const)("%s %j → %j", (kind, raw, masked) => expect(maskIdentifier(kind, raw)).toBe(masked));

  test("pseudonyms are stable and speakable", () => {
    const key = personKeyOf(keys, "email", "ann@example.com");
    expect(pseudonym(key)).toBe(pseudonym(key));
    expect(pseudonym(key)).toMatch(/^[a-z]+-\d\d$/);
  });
});
