import { requestsConform } from "../gate/watch-fetch.ts";
import { collectorContract } from "./collector.ts";
import { klaviyoSimWorld, klaviyoSimWriterWorld } from "./klaviyo-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("Klaviyo simulator", klaviyoSimWorld);
writerContract("Klaviyo simulator", klaviyoSimWriterWorld);

requestsConform("klaviyo");
