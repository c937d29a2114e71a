import { collectorContract } from "./collector.ts";
import { hubspotSimWorld } from "./hubspot-world.ts";

collectorContract("HubSpot, a list", hubspotSimWorld("list"));
collectorContract("HubSpot, everybody", hubspotSimWorld("everybody"));
