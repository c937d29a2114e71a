// Writes the published JSON Schemas: config/plumbline.schema.json, and docs/schemas/<command>.json for each command
// that exports the shape of its --json result as `output`. Tests check that they are current.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMMANDS, outputSchema } from "../dist/app/cli/commands.js";
import { publishedSchema } from "../dist/config/schema.js";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const write = (path, schema) => writeFileSync(at(path), `${JSON.stringify(schema, null, 2)}\n`);

write("config/plumbline.schema.json", publishedSchema());
mkdirSync(at("docs/schemas"), { recursive: true });
for (const name of Object.keys(COMMANDS)) {
  const schema = await outputSchema(name);
  if (schema) write(`docs/schemas/${name}.json`, schema);
}
