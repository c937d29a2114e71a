import { describe, expect, it } from "vitest";
import { count, list, locale, outOf, ownPath, people, share, signed } from "./format.ts";

describe("format", () => {
  it("says can’t tell for unknown, never 0", () => {
    expect([count(null), signed(null), share(null, 10), share(3, null)]).toEqual(Array(4).fill("can’t tell"));
    expect(people(null)).toBe("an unknown number of people");
  });

  it("signs differences with a typographic minus", () => {
    expect([signed(-42), signed(27310), signed(0)]).toEqual(["−42", "+27,310", "0"]);
  });

  it("gives counts before percent and no percent under 100 people", () => {
    expect(share(41, 42)).toBe("41 of 42");
    expect(share(21, 75584)).toBe("21 of 75,584 (0.03 %)");
    expect(share(1204, 48316)).toBe("1,204 of 48,316 (2.5 %)");
  });

  it("writes both numbers of a part in one style", () => {
    expect([outOf(4, 5), outOf(0, 3), outOf(3, 40)]).toEqual(["four of five", "none of three", "3 of 40"]);
  });

  it("joins names without a comma before the last", () => {
    expect(list(["Klaviyo"])).toBe("Klaviyo");
    expect(list(["Klaviyo", "HubSpot", "Ghost"])).toBe("Klaviyo, HubSpot and Ghost");
  });

  it.each(["en-US@posix", "C", "", "tlh-klingon-x"])(
    "falls back to English for the language %j",
    (language) => {
      expect(locale(language)).toBe("en");
    },
  );

  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""])(
    "does not follow %j",
    (link) => {
      expect(ownPath(link)).toBe("/");
    },
  );

  it("follows a path of ours", () => {
    expect(ownPath("/incidents/12")).toBe("/incidents/12");
  });
});
