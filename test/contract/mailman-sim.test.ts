import { collectorContract } from "./collector.ts";
import { mailmanSimWorld, mailmanSimWriterWorld } from "./mailman-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("Mailman simulator", mailmanSimWorld);
writerContract("Mailman simulator", mailmanSimWriterWorld);
