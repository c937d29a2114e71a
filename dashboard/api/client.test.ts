import { describe, expect, it } from "vitest";
import { ApiError, parse, query, said } from "./client.ts";

describe("client", () => {
  it("says what happened and what to do in sentences", () => {
    const body = {
      kind: "not_allowed",
      message: "viewers cannot change incidents",
      fix: "ask an editor",
      requestId: "q-1",
    };
    expect(said(new ApiError(403, body))).toBe("Viewers cannot change incidents. Ask an editor.");
    expect(said(new ApiError(0, null))).toBe(
      "The server does not answer. Check that Plumbline is running, then try again.",
    );
    expect(said(new TypeError("x is undefined"))).toBe("Something in this page failed. Reload it.");
  });

  it("shows characters that reverse text instead of obeying them", () => {
    expect(
      parse(JSON.stringify({ title: "\u202egnp.exe", list: ["a\u2067b\u2069"], n: 3, none: null })),
    ).toEqual({ title: "\ufffdgnp.exe", list: ["a\ufffdb\ufffd"], n: 3, none: null });
    expect(parse(JSON.stringify("מועדון הלקוחות"))).toBe("מועדון הלקוחות");
  });

  it("leaves empty filters out of a query and escapes the others", () => {
    expect(query({ state: "open", system: undefined, audience: "", check: "a&b" })).toBe(
      "?state=open&check=a%26b",
    );
    expect(query({})).toBe("");
  });
});
