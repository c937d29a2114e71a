import type { App } from "./app.ts";
import type { AuditService } from "./audit/service.ts";
import type { Repair } from "./repair/service.ts";

/** What the API and the commands offer, on top of one App. */
export type Services = {
  readonly app: App;
  readonly version: string;
  readonly audit: AuditService;
  readonly repair: Repair;
};
