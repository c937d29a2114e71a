import { expect, it } from "vitest";
import { fieldNotes, fieldType } from "./field-types.ts";

it("tells the type of a value", () => {
  expect(
    [null, "", undefined, true, 3, "x", "2026-01-02T03:04:05Z", "2026-01-02 03:04", "2026", [], {}].map(
      fieldType,
    ),
  ).toEqual([
    "empty",
    "empty",
    "empty",
    "boolean",
    "number",
    "text",
    "timestamp",
    "timestamp",
    "text",
    "json",
    "json",
  ]);
});

it("finds the one value of a field that is otherwise empty, however late", () => {
  const notes = fieldNotes();
  for (let i = 0; i < 1003; i++) notes.note({ id: i, note: i === 777 ? "here" : null });
  expect(notes.types()).toEqual({ id: "number", note: "text" });
});

it("calls a field of two types text, and keeps one that vanishes", () => {
  const notes = fieldNotes();
  notes.note({ a: 1, b: true });
  notes.note({ a: "one" });
  notes.note({ a: null });
  expect(notes.types()).toEqual({ a: "text", b: "boolean" });
});
