import { missingScopes } from "./api-error.ts";

/** Every scope that the simulator knows; a token has all of them unless told otherwise. */
export const ALL_SCOPES = [
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.schemas.contacts.read",
  "crm.lists.read",
  "crm.lists.write",
  "communication_preferences.read",
  "communication_preferences.write",
  "communication_preferences.statuses.batch.read",
  "communication_preferences.statuses.batch.write",
  "marketing-email",
  "automation",
] as const;

/** One of these is enough for the request; empty: any token will do. */
export function neededScopes(method: string, path: string, reads: boolean): readonly string[] {
  if (path.startsWith("/crm/v3/objects/"))
    return reads ? ["crm.objects.contacts.read"] : ["crm.objects.contacts.write"];
  if (path.startsWith("/crm/v3/properties/"))
    return ["crm.schemas.contacts.read", "crm.objects.contacts.read"];
  if (path.startsWith("/crm/v3/lists")) return reads ? ["crm.lists.read"] : ["crm.lists.write"];
  if (path.startsWith("/communication-preferences/v4/statuses/batch"))
    return [`communication_preferences.statuses.batch.${reads ? "read" : "write"}`];
  if (path.startsWith("/communication-preferences/"))
    return reads && method === "GET"
      ? ["communication_preferences.read", "communication_preferences.read_write"]
      : ["communication_preferences.write", "communication_preferences.read_write"];
  if (path.startsWith("/marketing/")) return ["marketing-email", "content"];
  if (path.startsWith("/automation/")) return ["automation"];
  return [];
}

export function checkScopes(granted: ReadonlySet<string>, needed: readonly string[]): void {
  if (needed.length > 0 && !needed.some((s) => granted.has(s))) throw missingScopes(needed);
}
