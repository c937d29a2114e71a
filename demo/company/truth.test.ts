import { expect, test } from "vitest";
import { DAYS } from "./time.ts";
import { plant } from "./truth.ts";

const seeds = Array.from({ length: 200 }, (_, i) => i + 1);

test.each([1_000, 10_000, 1_000_000])(
  "every seed plants eight faults on lists of their own (%i people)",
  (size) => {
    for (const seed of seeds) {
      const faults = plant(seed, size);
      expect(new Set(faults.map((f) => f.kind)).size, `seed ${seed}`).toBe(8);
      const places = faults.map((f) => `${f.audience} ${f.system}`);
      expect(new Set(places).size, `seed ${seed}: ${places.join(", ")}`).toBe(8);
      for (const f of faults) {
        expect(f.from).toBeGreaterThanOrEqual(DAYS - 12);
        expect(f.from).toBeLessThanOrEqual(DAYS);
        expect(f.must.length).toBeGreaterThan(0);
      }
    }
  },
);

test("seeds differ in place, day and number", () => {
  const all = seeds.flatMap((s) => plant(s, 10_000));
  const variety = (kind: string, of: "audience" | "system" | "from" | "people") =>
    new Set(all.filter((f) => f.kind === kind).map((f) => f[of])).size;
  expect(variety("halved", "audience")).toBe(3);
  expect(variety("duel", "system")).toBe(2);
  expect(variety("slow_leak", "from")).toBe(4);
  expect(variety("opted_out_mailable", "people")).toBeGreaterThan(5);
  expect(new Set(all.map((f) => f.kind))).toContain("lost_page");
});

test("the same seed, the same faults", () => {
  expect(plant(7, 10_000)).toEqual(plant(7, 10_000));
});
