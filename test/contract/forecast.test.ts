import { expect, it } from "vitest";
import type { ReadClient } from "../../systems/http/read-client.ts";
import { apiWebhooks } from "../../systems/mailchimp/client.ts";
import { contextFor } from "./collector.ts";
import { klaviyoSimWriterWorld } from "./klaviyo-world.ts";
import { mailchimpSystem, mailchimpWriterWorld } from "./mailchimp-world.ts";
import { mailmanSimWriterWorld } from "./mailman-world.ts";
import type { WriterWorld } from "./writer.ts";

async function mailsOf(make: () => Promise<WriterWorld>): Promise<string> {
  const w = await make();
  try {
    const lines = await w.writer.forecast?.(w.source, 2, contextFor());
    return lines?.map((l) => `${l.what} ${l.verdict}: ${l.text}`).join("\n") ?? "";
  } finally {
    await w.writer.close();
    await w.close();
  }
}

it("names the list's own opt-in, which an add does without", async () => {
  expect(await mailsOf(klaviyoSimWriterWorld)).toMatch(
    /mails none: .*not subscribed; .* \((double|single) opt-in\)/,
  );
  expect(await mailsOf(mailchimpWriterWorld)).toMatch(
    /mails none: .*“transactional”.* \((double|single) opt-in\)/,
  );
  expect(await mailsOf(mailmanSimWriterWorld)).toMatch(/mails none: .*without the welcome; .*“confirm”/);
});

it("of a webhook only the host is told, and only of those that hear of changes by the API", async () => {
  const webhooks = [
    { url: "https://hooks.example.test/secret-token", sources: { user: true, admin: true, api: true } },
    { url: "https://other.example.test/x", sources: { user: true, admin: true, api: false } },
    { url: "not an address", sources: { api: true } },
    { url: 7, sources: { api: true } },
  ];
  const http = { get: async () => ({ webhooks, total_items: webhooks.length }) } as unknown as ReadClient;
  const hosts = await apiWebhooks(http, mailchimpSystem("http://127.0.0.1"), contextFor());
  expect(hosts).toEqual(["hooks.example.test", "an address that cannot be read"]);
});
