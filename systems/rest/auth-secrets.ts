import type { SecretRef } from "../../core/config.ts";
import type { PlainOrSecret, RestAuth } from "../../core/rest-config.ts";

/** Every secret that an auth needs. */
export function secretsOfAuth(a: RestAuth): readonly SecretRef[] {
  const maybe = (v: PlainOrSecret) => ("secret" in v ? [v.secret] : []);
  switch (a.kind) {
    case "none":
      return [];
    case "header":
      return [a.value];
    case "basic":
      return [...maybe(a.user), ...(a.password === null ? [] : [a.password])];
    case "oauth2":
      return [...maybe(a.clientId), a.clientSecret];
    case "login":
      return [...maybe(a.user), a.password];
    case "jwt":
      return [a.key];
  }
}
