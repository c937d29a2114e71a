import { expect, it } from "vitest";
import type { Instant } from "../core/model.ts";
import { percent, undoText, undoUntil, verbText } from "./words.ts";

const until = undoUntil("2026-11-24T09:00:00.000Z" as Instant, 30);

it("says what can be undone, and until when, in the company's time zone", () => {
  expect(undoText("suppress", false, until, "Europe/Berlin")).toBe("One-way here; not undone by Plumbline");
  expect(undoText("remove", true, until, "Europe/Berlin")).toBe("Undo until 24 Dec; re-adding may send mail");
  expect(undoText("add", true, until, "Europe/Berlin")).toBe("Can be undone; sent mail cannot");
  expect(undoText("set", true, until, "Europe/Berlin")).toBe("Undo until 24 Dec");
  expect(undoText("add", false, until, "Europe/Berlin")).toBe("One-way here; not undone by Plumbline");
  expect(undoText("set", true, "2026-12-24T23:30:00.000Z" as Instant, "Europe/Berlin")).toBe(
    "Undo until 25 Dec",
  );
});

it("shows as many digits as it takes to differ from the limit", () => {
  expect(percent(0.3448, 0.2)).toBe("34 %");
  expect(percent(0.2004, 0.2)).toBe("20.04 %");
  expect(percent(0.2, 0.2)).toBe("20 %");
  expect(percent(0.05)).toBe("5 %");
});

it("names a group by its rule", () => {
  expect(verbText("suppress", "Warehouse", ["CRM", "Ghost"])).toBe(
    "opted out in CRM and Ghost, mailable here",
  );
  expect(verbText("remove", "Warehouse", [])).toBe("not in Warehouse for 2 reads");
});
