import { DuckDBInstance } from "@duckdb/node-api";
import { duckdbQuery } from "./duckdb.ts";
import { attributeNames, type Shape, type Truth } from "./people.ts";

/** A process of its own: `duckdb-main <shape as JSON> <files…>`; prints what it counted. */
const [json = "{}", ...files] = process.argv.slice(2);
const shape = JSON.parse(json) as Shape;
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const reader = await connection.runAndReadAll(duckdbQuery(files, attributeNames(shape), shape.mixed));
const row = (reader.getRows()[0] ?? []).map(Number);
const truths: Truth[] = files.slice(1).map((_, s) => ({
  missing: row[3 * s] ?? 0,
  extra: row[3 * s + 1] ?? 0,
  differ: row[3 * s + 2] ?? 0,
}));
process.stdout.write(JSON.stringify(truths));
connection.closeSync();
instance.closeSync();
