import { hubspotSimWriterWorld } from "./hubspot-world.ts";
import { writerContract } from "./writer.ts";

writerContract("HubSpot simulator", hubspotSimWriterWorld);
