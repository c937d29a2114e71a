import { expect, test } from "vitest";
import { memorySize } from "./memory-size.ts";

test.each([
  ["512MB", 512e6],
  ["1.5 gb", 1.5e9],
  ["2GiB", 2 ** 31],
  ["1000kB", 1e6],
])("%s", (text, bytes) => expect(memorySize(text)).toBe(bytes));

test.each(["", "512", "MB", "-1MB", "0.5MB", "1e3MB", "10 eggs", "1MB2", "9e9GB", "99999999999GB"])(
  "%j is none",
  (text) => expect(() => memorySize(text)).toThrow(/512MB/),
);
