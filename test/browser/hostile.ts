/** Names as an attacker would choose them. They have to appear as text and do nothing. */
const HOSTILE = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>\u202Egnp.exe {{7*7}} '; drop table people;--`;

const KEEP = new Set([
  "id",
  "audience",
  "system",
  "owner",
  "at",
  "asOf",
  "state",
  "mark",
  "code",
  "judgedAt",
  "op",
  "verdictState",
  "severity",
  "coverage",
  "verdict",
  "guard",
  "link",
  "mode",
  "timezone",
  "hash",
  "confirmText",
  "certainty",
  "need",
  "where",
  "in",
  "bits",
  "role",
  "openedAt",
  "changedAt",
  "createdAt",
  "expiresAt",
  "startedAt",
  "endedAt",
  "resolvedAt",
  "snoozedUntil",
  "undoUntil",
  "since",
  "until",
  "firstSeen",
  "lastSeen",
  "readAt",
  "receivedAt",
  "overdueSince",
  "coolingOffUntil",
  "identity",
  "end",
]);

/** Words of which an answer holds one: no text that anybody wrote. */
const CHOICES = new Set(["mails", "contacts", "hooks"]);

/** The same answer with every free text replaced by something that would like to run. */
export function hostile<T>(value: T, key = ""): T {
  if (typeof value === "string") return (KEEP.has(key) || CHOICES.has(value) ? value : `${HOSTILE}`) as T;
  if (Array.isArray(value))
    return (
      key === "systems" && value.every((v) => typeof v === "string")
        ? value
        : value.map((v) =>
            hostile(v, key === "verdict" || key === "todo" || key === "warnings" ? "text" : key),
          )
    ) as T;
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, hostile(v, k)])) as T;
  return value;
}
