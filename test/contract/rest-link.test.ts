import { collectorContract } from "./collector.ts";
import { restSimWorld, restSimWriterWorld } from "./rest-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("REST, link", () => restSimWorld("link"));
writerContract("REST, link", () => restSimWriterWorld("link"));
