import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memoryIo } from "../../test/memory-io.ts";
import { runCli } from "../cli/run.ts";

test("the example in the README is what the command prints", async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const [, line, printed] =
    /\$ npx plumbline (compare .*)\n([^`]*)```/.exec(readFileSync(`${root}README.md`, "utf8")) ?? [];
  const io = memoryIo(root);
  expect(await runCli((line ?? "").split(" "), io)).toBe(2);
  expect(printed).toBe(io.out());
});
