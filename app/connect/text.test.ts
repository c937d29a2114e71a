import { expect, test } from "vitest";
import type { ConnectResult } from "./result.ts";
import { connectText } from "./text.ts";

test("a first row is followed by what the system knows of its consents", () => {
  const row: ConnectResult["copies"][number]["sample"][number] = {
    identifiers: { email: "a***@e***.com" },
    attributes: {},
    consent: "unsubscribed",
    consentAt: null,
    consents: [
      { channel: "email", scope: "global", scopeId: null, state: "complained", at: null },
      {
        channel: "email",
        scope: "topic",
        scopeId: "4711",
        state: "unsubscribed",
        at: "2026-03-02T01:02:03.000Z",
      },
    ],
    mailable: false,
    joinedAt: null,
    updatedAt: null,
  };
  const text = connectText({
    system: "crm",
    kind: "hubspot",
    copies: [
      {
        audience: null,
        source: "everybody",
        state: "complete",
        because: "read to its end",
        total: 1,
        read: 1,
        rows: 1,
        pages: 1,
        calls: 1,
        callsToEnd: 1,
        sample: [row],
        consent: { unsubscribed: 1 },
        withoutIdentifier: 0,
        fields: {},
      },
    ],
    rateLimit: [],
    warnings: [],
    cannot: [],
    forecast: { runsPerDay: 1, callsPerRun: 1, callsPerDay: 1, minutesPerRun: 1, quota: null },
  });
  expect(text).toContain(
    [
      "    a***@e***.com · unsubscribed · cannot be mailed",
      "        email · global: complained",
      "        email · topic 4711: unsubscribed since 2026-03-02",
      "    consent: 1 unsubscribed",
    ].join("\n"),
  );
});
