import type { SecretRef } from "../core/config.ts";

export const secretRef = (s: string): SecretRef => s as SecretRef;
export const secretOrNull = (s: string | undefined): SecretRef | null =>
  s === undefined ? null : secretRef(s);
