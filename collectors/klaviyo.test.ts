import { expect, it } from "vitest";
import { fixedClock, nowOf } from "../core/clock.ts";
import { type Page, runId } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { readPass } from "./klaviyo-pass.ts";

const clock = fixedClock("2026-11-26T08:00:00Z");
const context: Context = {
  signal: new AbortController().signal,
  clock,
  runId: runId("test"),
  log: { info: () => undefined, warn: () => undefined },
};
const next = "https://a.klaviyo.com/api/lists/L/profiles?page[cursor]=x";
const person = (id: string) => ({ id, attributes: { email: `${id}@example.test`, subscriptions: {} } });

/** Answers each page in turn, the last one again and again; counts `count` members. */
function answering(count: number, ...pages: readonly unknown[]): ReadClient {
  let asked = 0;
  const page = async () => pages[Math.min(asked++, pages.length - 1)];
  return {
    get: async (path) =>
      path.endsWith("/profiles") ? page() : { data: { id: "L", attributes: { profile_count: count } } },
    getNext: page,
    readPost: async () => null,
    getWithHeaders: async () => ({ body: null, headers: new Headers() }),
    getNextWithHeaders: async () => ({ body: await page(), headers: new Headers() }),
  };
}

async function read(http: ReadClient): Promise<readonly Page[]> {
  const wanted = [{ index: 0, source: { all: true }, count: 0 } as const].map((w) => ({ ...w }));
  const pass = {
    where: "klaviyo",
    group: { kind: "list", id: "L" } as const,
    wanted,
    fields: [],
    asOf: nowOf(clock),
  };
  const pages: Page[] = [];
  for await (const page of readPass(pass, http, context)) pages.push(page);
  return pages;
}

it("does not follow an empty page that names itself for ever", async () => {
  const http = answering(2, { data: [person("a")], links: { next } }, { data: [], links: { next } });
  const ends = (await read(http)).flatMap((p) => p.ends);
  expect(ends).toMatchObject([
    { coverage: "partial", because: expect.stringContaining("named one page twice") },
  ]);
});

it("goes on over an empty page in the middle, which Klaviyo may send", async () => {
  const http = answering(
    2,
    { data: [person("a")], links: { next } },
    { data: [], links: { next: `${next}y` } },
    { data: [person("b")], links: { next: null } },
  );
  const pages = await read(http);
  expect(pages.flatMap((p) => p.items.map((r) => r.id))).toEqual(["a", "b"]);
  expect(pages.at(-1)?.ends).toMatchObject([{ coverage: "complete", enumerated: 2, declaredTotal: 2 }]);
});
