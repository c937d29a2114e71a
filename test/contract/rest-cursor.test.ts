import { collectorContract } from "./collector.ts";
import { restSimWorld, restSimWriterWorld } from "./rest-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("REST, cursor", () => restSimWorld("cursor"));
writerContract("REST, cursor", () => restSimWriterWorld("cursor"));
