import type { Account } from "./account.ts";
import { duplicateProfile, invalid } from "./api-error.ts";
import type { SimProfile } from "./model.ts";
import type { ProfileInput } from "./profile-input.ts";

export type WriteOptions = {
  readonly how: "create" | "update" | "upsert";
  /** The record to update. */
  readonly known: SimProfile | undefined;
  readonly atMs: number;
  /** Answer as if it were done, and do nothing. */
  readonly dry: boolean;
};

/** A record that nobody ever subscribed: can be mailed all the same. */
export const blankProfile = (id: string, atMs: number): SimProfile => ({
  id,
  email: null,
  phone: null,
  externalId: null,
  names: {},
  location: {},
  properties: {},
  emailMarketing: {
    consent: "NEVER_SUBSCRIBED",
    consentAt: null,
    updatedAt: null,
    method: null,
    doubleOptin: null,
    suppressions: [],
    listSuppressions: [],
  },
  sms: { consent: "NEVER_SUBSCRIBED", consentAt: null },
  push: { consent: "NEVER_SUBSCRIBED", consentAt: null },
  createdAt: atMs,
  updatedAt: atMs,
});

/** Creates or changes a record; 409 when an identifier belongs to somebody else. Consent is not touched. */
export function applyProfile(
  account: Account,
  input: ProfileInput,
  { how, known, atMs, dry }: WriteOptions,
): { readonly profile: SimProfile; readonly created: boolean } {
  const { store } = account;
  if (how !== "update" && !input.email && !input.phone && !input.externalId && !input.id) {
    throw invalid("One of 'id', 'email', 'phone_number' or 'external_id' is required.", "/data/attributes");
  }
  const byId = how === "upsert" && input.id !== null ? store.profile(input.id) : undefined;
  const holder = [{ email: input.email }, { phone: input.phone }, { externalId: input.externalId }]
    .map((by) => store.find(by))
    .find((p) => p !== undefined && p.id !== (known ?? byId)?.id);
  if (holder && (how !== "upsert" || byId)) throw duplicateProfile(holder.id);
  const before = known ?? byId ?? holder;
  const base = before ?? blankProfile(store.ids.profile(), atMs);
  const profile: SimProfile = {
    ...base,
    email: input.email === undefined ? base.email : input.email,
    phone: input.phone === undefined ? base.phone : input.phone,
    externalId: input.externalId === undefined ? base.externalId : input.externalId,
    names: { ...base.names, ...input.names },
    location: { ...base.location, ...input.location },
    properties: withoutKeys({ ...base.properties, ...input.properties }, input.unset),
    updatedAt: atMs,
  };
  if (!dry)
    account.mutate(before ? "profile.update" : "profile.create", profile.id, atMs, () => store.put(profile));
  return { profile, created: before === undefined };
}

const withoutKeys = (of: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key)));
