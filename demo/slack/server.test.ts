import { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blockProblems } from "./block-limits.ts";
import { type SlackServer, startSlack } from "./server.ts";

let slack: SlackServer;
let client: WebClient;
const text = (n: number, type: "plain_text" | "mrkdwn" = "plain_text") => ({ type, text: "x".repeat(n) });

beforeAll(async () => {
  slack = await startSlack({ channels: ["C1"] });
  client = new WebClient(slack.token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
});
afterAll(() => slack.close());

test("posts, answers in the thread, updates in place and keeps what was there before", async () => {
  expect(await client.auth.test()).toMatchObject({ ok: true, team: "Harbour & Pine" });
  const root = await client.chat.postMessage({
    channel: "C1",
    text: "one",
    blocks: [{ type: "header", text: { type: "plain_text", text: "One" } }],
  });
  const ts = root.ts ?? "";
  await client.chat.postMessage({ channel: "C1", text: "detail", thread_ts: ts });
  await client.chat.update({ channel: "C1", ts, text: "two" });
  const [first, second] = slack.messages();
  expect(first).toMatchObject({ ts, text: "two", blocks: [], versions: [{ text: "one" }] });
  expect(second).toMatchObject({ threadTs: ts, text: "detail" });
  expect((await client.chat.getPermalink({ channel: "C1", message_ts: ts })).permalink).toMatch(
    /\/archives\/C1\/p\d{16}$/,
  );
});

test("errors as Slack gives them: 200 with ok false", async () => {
  const said = (p: Promise<unknown>) =>
    p.then(
      () => "ok",
      (e: { data?: { error?: string } }) => e.data?.error,
    );
  expect(await said(client.chat.update({ channel: "C1", ts: "1.000001", text: "x" }))).toBe(
    "message_not_found",
  );
  expect(await said(client.chat.postMessage({ channel: "C2", text: "x" }))).toBe("channel_not_found");
  expect(await said(client.chat.postMessage({ channel: "C1", text: "" }))).toBe("no_text");
  expect(
    await said(
      client.chat.postMessage({
        channel: "C1",
        text: "x",
        blocks: [{ type: "divider" }, { type: "header", text: text(151) } as never],
      }),
    ),
  ).toBe("invalid_blocks");
  expect(
    await said(
      new WebClient("xoxb-other", { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } }).auth.test(),
    ),
  ).toBe("invalid_auth");
  const bare = await fetch(`${slack.apiUrl}auth.test`, { method: "POST" });
  expect([bare.status, await bare.json()]).toEqual([200, { ok: false, error: "not_authed" }]);
});

test("429 with Retry-After, and an update that worked although it failed", async () => {
  slack.fault({ error: "rate_limited", retryAfter: 7 });
  await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 7 });
  const { ts = "" } = await client.chat.postMessage({ channel: "C1", text: "before" });
  slack.fault({ method: "chat.update", error: "reset", afterEffect: true });
  await expect(client.chat.update({ channel: "C1", ts, text: "after" })).rejects.toThrow();
  expect(slack.messages().at(-1)?.text).toBe("after");
});

describe("limits", () => {
  const section = { type: "section", text: text(3000, "mrkdwn") };
  test.each([
    ["50 blocks pass", Array.from({ length: 50 }, () => section), 0],
    ["51 do not", Array.from({ length: 51 }, () => section), 1],
    ["a section of 3001 characters", [{ type: "section", text: text(3001) }], 1],
    ["a header in mrkdwn", [{ type: "header", text: text(5, "mrkdwn") }], 1],
    ["11 fields", [{ type: "section", fields: Array.from({ length: 11 }, () => text(5)) }], 1],
    ["a field of 2001 characters", [{ type: "section", fields: [text(2001)] }], 1],
    [
      "a button of 76 characters",
      [{ type: "actions", elements: [{ type: "button", action_id: "a", text: text(76) }] }],
      1,
    ],
    [
      "a button that runs a script",
      [{ type: "actions", elements: [{ type: "button", text: text(5), url: "javascript:alert(1)" }] }],
      1,
    ],
    [
      "26 buttons",
      [{ type: "actions", elements: Array.from({ length: 26 }, () => ({ type: "button", text: text(5) })) }],
      1,
    ],
    [
      "an empty text in rich text",
      [
        {
          type: "rich_text",
          elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "" }] }],
        },
      ],
      1,
    ],
    ["a block of no known type", [{ type: "marquee" }], 1],
  ])("%s", (_, blocks, problems) => {
    expect(blockProblems(blocks)).toHaveLength(problems);
  });
});
