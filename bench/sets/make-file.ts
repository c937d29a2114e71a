import { closeSync, openSync, writeSync } from "node:fs";
import { type Shape, writeRows } from "./people.ts";

/** A process of its own for each file: `make-file <path> <system> <shape as JSON>`. */
const [path = "", system = "0", shape = "{}"] = process.argv.slice(2);
const piece = Buffer.alloc(1 << 20);
const fd = openSync(path, "w", 0o600);
writeRows(JSON.parse(shape) as Shape, Number(system), piece, (bytes) => {
  for (let done = 0; done < bytes; ) done += writeSync(fd, piece, done, bytes - done);
});
closeSync(fd);
