// Names the people of many comparisons with a secret that is always the same, so that their order is.
// Arguments: the folder of a built program, and folders that each hold a case.json. Answers one line of JSON a case.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [root, ...cases] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(root, "dist/app/compare", name)));
const { compareFiles } = await load("compare-files.js");
const { PeopleFiles } = await load("people-files.js");
const { attributeWishes } = await load("columns.js");

let threads = 0;
process.on("worker", () => threads++);

for (const folder of cases) {
  const { files, owner, id, attributes, out, memory } = JSON.parse(
    readFileSync(join(folder, "case.json"), "utf8"),
  );
  const people = await PeopleFiles.in(join(folder, out), out, []);
  threads = 0;
  try {
    const report = await compareFiles({
      sources: files.map((name) => ({ path: join(folder, name), label: name })),
      owner,
      id,
      attributes: attributeWishes(attributes),
      people,
      memory: memory ?? null,
      secret: Buffer.alloc(32, 7),
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    const named = await people.commit();
    process.stdout.write(`${JSON.stringify({ report, named, threads })}\n`);
  } finally {
    await people.abort();
  }
}
