import { createRequire } from "node:module";
import type { IdentifierKind } from "../core/model.ts";
import { isPlaceholder } from "./placeholder.ts";

type Phones = typeof import("libphonenumber-js");
let phones: Phones | null = null;
/** Loaded with the first phone number: most threads never meet one, and it takes as long as to read a million rows. */
const phoneLibrary = (): Phones => {
  phones ??= createRequire(import.meta.url)("libphonenumber-js") as Phones;
  return phones;
};

const ASCII = /^[\x21-\x7e]+$/;
/** Spaces, control and invisible characters, and what only ever stands around an address, never in it. */
const NOT_IN_EMAIL = /[\p{C}\p{Z}<>()[\],;:\\"]/u;
/** Characters that NFC turns into ASCII look-alikes: Kelvin sign → K, Greek question mark → ;, varia → `. */
const BECOMES_ASCII = /[\u212a\u037e\u1fef]/u;
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}]/u;

/** 1: may stand in an ASCII address. The same characters that NOT_IN_EMAIL leaves. */
const PLAIN = Uint8Array.from({ length: 128 }, (_, c) => (NOT_IN_EMAIL.test(String.fromCharCode(c)) ? 0 : 1));
const AT = 64,
  DOT = 46,
  HYPHEN = 45;

/**
 * One @, a local part of 1 to 64, a domain of at least two labels. Plausible syntax, not proof of delivery.
 * One pass, since it runs for every row.
 */
function plausibleEmail(s: string): boolean {
  let at = -1;
  let label = 0; // where the current label of the domain begins
  let labels = 0;
  let ascii = true;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c > 127) ascii = false;
    else if (PLAIN[c] === 0) return false;
    if (c === AT) {
      if (at >= 0 || i === 0 || i > 64) return false;
      at = i;
      label = i + 1;
    } else if (c === DOT && at >= 0) {
      if (!plausibleLabel(s, label, i)) return false;
      label = i + 1;
      labels++;
    }
  }
  return (
    s.length <= 254 &&
    at > 0 &&
    labels > 0 &&
    plausibleLabel(s, label, s.length) &&
    (ascii || !NOT_IN_EMAIL.test(s))
  );
}

const plausibleLabel = (s: string, from: number, to: number): boolean =>
  to > from && to - from <= 63 && s.charCodeAt(from) !== HYPHEN && s.charCodeAt(to - 1) !== HYPHEN;

function email(raw: string): string | null {
  const trimmed = raw.trim();
  if (ASCII.test(trimmed)) return plausibleEmail(trimmed) ? trimmed.toLowerCase() : null;
  if (trimmed.length > 254 || BECOMES_ASCII.test(trimmed)) return null;
  const lower = trimmed.normalize("NFC").toLowerCase();
  return plausibleEmail(lower) ? lower : null;
}

/** Only international numbers: without a country code one national number belongs to many people. */
function phone(raw: string): string | null {
  const trimmed = raw.trim();
  if (trimmed.length > 40) return null;
  const number = phoneLibrary().parsePhoneNumberFromString(
    trimmed.startsWith("00") ? `+${trimmed.slice(2)}` : trimmed,
  );
  // An extension names a person behind a shared line; E.164 would drop it and merge them.
  return number?.isPossible() && !number.ext ? number.number : null;
}

function customerId(raw: string): string | null {
  const trimmed = raw.trim();
  if (trimmed === "" || trimmed.length > 512 || isPlaceholder(trimmed)) return null;
  if (ASCII.test(trimmed)) return trimmed;
  if (BECOMES_ASCII.test(trimmed) || CONTROL.test(trimmed)) return null;
  return trimmed.normalize("NFC");
}

/**
 * The one form of an identifier that a person key is made of; null when it cannot name a person.
 *
 * E-mail: trimmed, NFC, lower-case; dots and +tags are kept, since only the mail provider knows what they mean.
 * Phone: E.164. Customer id: trimmed, NFC, case kept. Look-alike letters of other scripts stay different.
 *
 * @example normalise("email", " Ann@Example.com ") // "ann@example.com"
 * @example normalise("phone", "+44 20 7946 0018") // "+442079460018"
 */
export function normalise(kind: IdentifierKind, raw: string): string | null {
  switch (kind) {
    case "email":
      return email(raw);
    case "phone":
      return phone(raw);
    case "customer_id":
      return customerId(raw);
  }
}
