import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { attributeWishes } from "./columns.ts";
import { compareFiles } from "./compare-files.ts";

test("a Parquet file against a Mailchimp export, by their usual column names", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-parquet-"));
  try {
    const [a, b] = [join(folder, "warehouse.parquet"), join(folder, "mailchimp.csv")];
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: "email", data: ["ann@x.com", "bob@x.com", "cat@x.com"], type: "STRING" },
        { name: "first_name", data: ["Ann", "Bob", "Cat"], type: "STRING" },
      ],
    });
    writeFileSync(a, Buffer.from(bytes));
    writeFileSync(
      b,
      "Email Address,FNAME,MEMBER_RATING\nAnn@x.com,Ann,2\nbob@x.com,Rob,2\ndan@x.com,Dan,2\n",
    );
    const report = await compareFiles({
      sources: [
        { path: a, label: "warehouse.parquet" },
        { path: b, label: "mailchimp.csv" },
      ],
      owner: 0,
      id: null,
      attributes: attributeWishes(["first_name"]),
      people: null,
      memory: null,
      secret: new Uint8Array(32).fill(7),
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    expect(report).toMatchObject({ verdict: "different", identity: "email" });
    expect(report.files[0]).toMatchObject({ rows: 3, coverage: "complete", openEnd: false });
    expect(report.files[1]).toMatchObject({
      missing: 1,
      extra: 1,
      attributes: [{ name: "first_name", column: "FNAME", compared: 2, equal: 1, differ: 1 }],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
