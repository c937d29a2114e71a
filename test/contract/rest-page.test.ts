import { collectorContract } from "./collector.ts";
import { restSimWorld, restSimWriterWorld } from "./rest-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("REST, page", () => restSimWorld("page"));
writerContract("REST, page", () => restSimWriterWorld("page"));
