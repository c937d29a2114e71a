import { collectorContract } from "./collector.ts";
import { ghostSimWorld, ghostSimWriterWorld } from "./ghost-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("Ghost simulator", ghostSimWorld);
writerContract("Ghost simulator", ghostSimWriterWorld);
