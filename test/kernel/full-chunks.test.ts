import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareCsv } from "../../members/kernel/compare-csv.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import { deriveKeys } from "../../members/keys.ts";

const module = compileKernel(new URL("../../dist/members/kernel/kernel.wasm", import.meta.url));
if (module === null) throw new Error("this test runs the built kernel: npm run build");
const ROWS = 400_000;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-chunks-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

// Records of 24 and of 44 bytes fill a chunk to its last byte.
it.each([0, 1, 2, 5, 6])(
  "records of %i attributes, more of a partition than a chunk holds",
  async (attributes) => {
    const path = join(folder, "list.csv");
    const head = ["email", ...Array.from({ length: attributes }, (_, a) => `a${a}`), "end"].join(",");
    let text = `${head}\n`;
    for (let i = 0; i < ROWS; i++) text += `p${i}@x.com${",v".repeat(attributes)},\n`;
    writeFileSync(path, text);
    const source = {
      path,
      gzip: false,
      copy: null,
      rows: ROWS,
      layout: {
        delimiter: ",",
        columns: attributes + 2,
        idColumn: 0,
        attributeColumns: Array.from({ length: attributes }, (_, a) => a + 1),
        identity: "email" as const,
      },
    };
    for (const most of [1, 256 << 20]) {
      const compared = await compareCsv({
        module,
        threads: 0,
        sources: [source, source],
        owner: 0,
        identity: "email",
        keys: deriveKeys(Buffer.alloc(32, 7)),
        most,
        temporaryFolder: folder,
        signal: new AbortController().signal,
        onBytes: () => undefined,
      });
      expect([...(compared?.merged.masks ?? [])]).toEqual([[3, ROWS]]);
    }
  },
);
