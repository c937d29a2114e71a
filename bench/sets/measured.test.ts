import { expect, test } from "vitest";
import { measure, medianOf } from "./measured.ts";

test("a command's processor time and memory are its own and its children's", async () => {
  const node = `'${process.execPath}'`;
  const busy = `${node} -e 'const b = Buffer.alloc(150e6, 1); const t = Date.now(); while (Date.now() - t < 400); console.log(b.length)'`;
  const { cost, out } = await measure(`${busy} | cat`);
  expect(out.trim()).toBe("150000000");
  expect(cost.cpu).toBeGreaterThan(0.1);
  expect(cost.wall).toBeGreaterThanOrEqual(0.4);
  expect(cost.memory).toBeGreaterThan(150);
});

test("a command that fails is no figure", async () => {
  await expect(measure("exit 3")).rejects.toThrow("it ended with 3");
  expect((await measure("exit 3", [3])).code).toBe(3);
});

test("each figure has a median of its own", () => {
  const costs = [
    { wall: 3, cpu: 10, memory: 1 },
    { wall: 1, cpu: 30, memory: 2 },
    { wall: 2, cpu: 20, memory: 9 },
  ];
  expect(medianOf(costs)).toEqual({ wall: 2, cpu: 20, memory: 2 });
  expect(medianOf(costs.slice(0, 2))).toEqual({ wall: 2, cpu: 20, memory: 1.5 });
});
