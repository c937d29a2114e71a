import type { HttpSystemConfig } from "../core/config.ts";
import type { SystemId } from "../core/model.ts";
import { buildRest } from "./build-rest.ts";
import type { HttpSystemEntry } from "./schema-http-systems.ts";
import { secretOrNull, secretRef } from "./secret-ref.ts";

/** What every system has, built already. */
export type Common = {
  readonly id: SystemId;
  readonly title: string;
  readonly region?: string;
  readonly attributes: Readonly<Record<string, string>>;
};

const trimmed = (url: string): string => url.replace(/\/+$/, "");

/** A system reached over HTTP, as written → as used, with its defaults. */
export function buildHttpSystem(s: HttpSystemEntry, named: Common): HttpSystemConfig {
  const common = {
    ...named,
    limitShare: s.limit_share ?? 0.3,
    privateNetwork: s.private_network ?? false,
  };
  switch (s.kind) {
    case "ghost":
      return {
        ...common,
        kind: "ghost",
        sends: s.sends ?? true,
        url: trimmed(s.url),
        key: secretRef(s.key),
        writeKey: secretOrNull(s.write_key),
      };
    case "klaviyo":
      return {
        ...common,
        kind: "klaviyo",
        sends: s.sends ?? true,
        url: trimmed(s.url ?? "https://a.klaviyo.com"),
        key: secretRef(s.key),
        writeKey: secretOrNull(s.write_key),
      };
    case "mailchimp":
      return {
        ...common,
        kind: "mailchimp",
        sends: s.sends ?? true,
        url: s.url === undefined ? null : trimmed(s.url),
        list: s.list,
        key: secretRef(s.key),
        writeKey: secretOrNull(s.write_key),
      };
    case "hubspot":
      return {
        ...common,
        kind: "hubspot",
        sends: s.sends ?? false,
        url: trimmed(s.url ?? "https://api.hubapi.com"),
        token: secretRef(s.token),
        writeToken: secretOrNull(s.write_token),
        subscription: s.subscription ?? null,
      };
    case "mailman":
      return {
        ...common,
        kind: "mailman",
        sends: s.sends ?? true,
        url: trimmed(s.url),
        user: s.user ?? "restadmin",
        password: secretRef(s.password),
        writePassword: secretOrNull(s.write_password),
      };
    case "rest":
      return { ...common, ...buildRest(s), sends: s.sends ?? false };
  }
}
