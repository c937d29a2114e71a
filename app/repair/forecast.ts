import type { Audience } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Context } from "../../core/ports.ts";
import type { ForecastLine, PlanDoc } from "../../core/repair.ts";
import type { App } from "../app.ts";
import { systemOf } from "../audit/judge.ts";

const WHATS = ["mails", "contacts", "hooks"] as const;
const cannotTell = (because: string): readonly ForecastLine[] =>
  WHATS.map((what) => ({ what, verdict: "cant_tell", count: null, text: because }));

/**
 * Asks each system that gets adds what they may set off beyond automations, and makes it part of the plan. What a system
 * cannot tell is said so; a failing question never stops a draft.
 */
export async function withForecast(
  app: App,
  audience: Audience,
  doc: PlanDoc,
  context: Context,
): Promise<PlanDoc> {
  const forecast: Record<string, readonly ForecastLine[]> = {};
  for (const segment of audience.segments) {
    const adds = doc.changes.filter((c) => c.op === "add" && c.system === segment.system).length;
    if (adds === 0) continue;
    const writer = await app.writer(systemOf(app, segment.system));
    try {
      forecast[segment.system] =
        (await writer?.forecast?.(segment.source, adds, context)) ?? cannotTell("this system does not tell");
    } catch (error) {
      if (!(error instanceof AuditorError)) throw error;
      app.log.warn("plan.forecast_unknown", { system: segment.system, kind: error.kind });
      forecast[segment.system] = cannotTell("the system did not answer when the plan was drafted");
    } finally {
      await writer?.close();
    }
  }
  return { ...doc, forecast };
}
