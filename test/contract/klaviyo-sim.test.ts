import { collectorContract } from "./collector.ts";
import { klaviyoSimWorld } from "./klaviyo-world.ts";

collectorContract("Klaviyo simulator", klaviyoSimWorld);
