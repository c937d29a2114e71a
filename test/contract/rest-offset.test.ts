import { collectorContract } from "./collector.ts";
import { restSimWorld, restSimWriterWorld } from "./rest-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("REST, offset", () => restSimWorld("offset"));
writerContract("REST, offset", () => restSimWriterWorld("offset"));
