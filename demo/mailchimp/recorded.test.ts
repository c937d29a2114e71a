import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { materialFolder, notRun } from "../../test/setup/material.ts";
import { hashOf } from "./list-store.ts";
import type { MergeField, Status } from "./model.ts";
import { type MailchimpSim, startMailchimpSim } from "./server.ts";

// The simulator beside the real API: what recorded requests were answered, and what it answers to the same.
type Json = Readonly<Record<string, unknown>>;
type Recorded = {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
  readonly query?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: unknown;
};

const folder = materialFolder("connectors/recordings");
const recorded: readonly Recorded[] =
  folder === null
    ? []
    : readFileSync(join(folder, "mailchimp.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Recorded);
const REAL_LIST = "a36b032126";
const FIELDS: readonly MergeField[] = ["LTV", "USERID", "TICKET"].map((tag) => ({
  tag,
  name: tag,
  type: "number",
  required: false,
}));

let sim: MailchimpSim;
beforeAll(async () => {
  sim = await startMailchimpSim({ port: 0 });
  sim.control.addList({
    id: REAL_LIST,
    name: "Demo-Environment",
    mergeFields: [...FIELDS, { tag: "JOINED_AT", name: "Joined", type: "date", required: false }],
  });
});
afterAll(() => sim.close());

/** Brings the member of a recorded request into the state that its answer speaks of. */
function prepare(r: Recorded): void {
  const email = typeof r.body.email_address === "string" ? r.body.email_address : "someone@example.test";
  const title = (r.response as Json).title;
  const put = (status: Status) => sim.control.load([{ email, status, unsubscribedBy: "api" }], REAL_LIST);
  sim.control.clear(REAL_LIST);
  if (r.path.endsWith("/members") && r.method === "GET") put("subscribed");
  if (title === "Member Exists" || title === "Invalid Resource") put("subscribed");
  if (title === "Method Not Allowed") put("archived");
  if (r.method === "GET" && typeof (r.response as Json).email_address === "string") {
    const seen = r.response as { email_address: string; status: Status };
    sim.control.load([{ email: seen.email_address, status: seen.status, unsubscribedBy: "api" }], REAL_LIST);
  }
  if (r.status < 300 && (r.method === "PUT" || r.method === "DELETE" || r.path.endsWith("/tags")))
    put("subscribed");
}

/** The path, with the hash of who was prepared where the recording's own address is not known. */
function pathOf(r: Recorded): string {
  const known = typeof r.body.email_address === "string" || r.status === 404;
  const title = (r.response as Json).title;
  if (known || title === "Resource Not Found" || r.method === "GET") return r.path;
  return r.path.replace(/members\/[0-9a-f]{32}/, `members/${hashOf("someone@example.test")}`);
}

async function replay(r: Recorded) {
  const query = r.query === undefined ? "" : `?${new URLSearchParams(r.query).toString()}`;
  const response = await fetch(`${sim.url}${pathOf(r)}${query}`, {
    method: r.method,
    headers: { authorization: `Bearer ${sim.key}` },
    ...(r.method === "GET" ? {} : { body: JSON.stringify(r.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: text === "" ? "" : JSON.parse(text),
  };
}

const keys = (o: unknown): string[] => Object.keys(o as Json).sort();
/** Fields that only some accounts or answers have. */
const SOMETIMES = new Set(["marketing_permissions", "unsubscribe_reason", "contact"]);
const steady = (names: readonly string[]) => names.filter((n) => !SOMETIMES.has(n));

describe("recorded requests, asked of the simulator", () => {
  if (recorded.length === 0) {
    it("has the recordings", () => notRun("connectors/recordings"));
    return;
  }
  it.each(recorded.map((r, n) => [n, r.method, r.path.replace(/[0-9a-f]{32}/, "…"), r.status, r] as const))(
    "%i: %s %s is %i",
    async (_n, _m, _p, status, r) => {
      prepare(r);
      const answer = await replay(r);
      expect(answer.status).toBe(status);
      expect(answer.type).toBe(r.headers["content-type"]);
      if (status >= 400) {
        expect(keys(answer.body)).toEqual(keys(r.response));
        const { title, detail, type, errors } = r.response as Json;
        expect(answer.body).toMatchObject({
          title,
          detail,
          ...(type === undefined ? {} : { type }),
          ...(errors === undefined ? {} : { errors }),
        });
      } else if (typeof r.response === "object" && r.response !== null) {
        const collection = ["members", "lists", "merge_fields"].find((c) => c in (r.response as Json));
        expect(steady(keys(answer.body))).toEqual(steady(keys(r.response)));
        if (collection === undefined) return;
        const theirs = (r.response as Record<string, Json[]>)[collection]?.[0];
        const ours = answer.body[collection][0];
        if (theirs !== undefined && ours !== undefined)
          expect(steady(keys(ours))).toEqual(steady(keys(theirs)));
      }
    },
  );
});
