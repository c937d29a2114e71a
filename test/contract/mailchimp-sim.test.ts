import { requestsConform } from "../gate/watch-fetch.ts";
import { collectorContract } from "./collector.ts";
import { mailchimpCollectorWorld, mailchimpWriterWorld } from "./mailchimp-world.ts";
import { writerContract } from "./writer.ts";

collectorContract("Mailchimp simulator", mailchimpCollectorWorld);
writerContract("Mailchimp simulator", mailchimpWriterWorld);

requestsConform("mailchimp");
