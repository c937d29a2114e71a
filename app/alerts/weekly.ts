import { cidOf, mailer } from "../../alerts/email/send.ts";
import { buildReport } from "../../alerts/report/build.ts";
import { reportHtml } from "../../alerts/report/html.ts";
import { dataUri, imagesOf, type ReportImage } from "../../alerts/report/images.ts";
import type { Report } from "../../alerts/report/model.ts";
import { reportText } from "../../alerts/report/text.ts";
import { lastSevenDays, namedWeek } from "../../alerts/report/week.ts";
import { at as failpoint } from "../../config/failpoint.ts";
import { nowOf } from "../../core/clock.ts";
import { AuditorError } from "../../core/errors.ts";
import { getMeta } from "../../store/get-meta.ts";
import { putMeta } from "../../store/put-meta.ts";
import { putReport } from "../../store/put-report.ts";
import type { App } from "../app.ts";
import { reportInput } from "./report-input.ts";

export type WeeklyReport = {
  readonly report: Report;
  readonly subject: string;
  readonly text: string;
  /** Stands by itself, pictures included: for a file or a browser. */
  readonly html: string;
  /** For a mail: pictures as attachments by content id. */
  readonly mailHtml: string;
  readonly images: readonly ReportImage[];
};

/**
 * The integrity report of one week.
 *
 * @param week "2026-W48"; absent: the last seven days
 * @throws AuditorError bad_data: not a week
 */
export async function weeklyReport(app: App, week?: string): Promise<WeeklyReport> {
  const now = nowOf(app.clock);
  const { timezone } = app.config;
  const report = buildReport(
    await reportInput(
      app,
      week === undefined ? lastSevenDays(now, timezone) : namedWeek(week, now, timezone),
    ),
  );
  const images = imagesOf(report);
  const byId = new Map(images.map((i) => [i.id, i]));
  const from = (address: (i: ReportImage) => string) => (id: string) => {
    const image = byId.get(id);
    return image === undefined ? null : address(image);
  };
  return {
    report,
    images,
    subject: report.subject,
    text: reportText(report),
    html: reportHtml(report, from(dataUri)),
    mailHtml: reportHtml(
      report,
      from((i) => `cid:${cidOf(i.id)}`),
    ),
  };
}

export type Sent = {
  readonly week: string;
  readonly sent: number;
  readonly hadIt: number;
  /** A process died while one of these mails was on its way; whether it arrived nobody can tell. */
  readonly inDoubt: boolean;
};

/** Holds the week whose mail is being handed over right now; the other one, the week where that was cut off. */
const IN_FLIGHT = "report:in_flight";
const IN_DOUBT = "report:in_doubt";

async function wasCutOff(app: App, week: string): Promise<boolean> {
  if ((await getMeta(app.db, IN_FLIGHT)) === week) {
    app.log.warn("report.in_doubt", { week });
    await putMeta(app.db, IN_DOUBT, week);
    await putMeta(app.db, IN_FLIGHT, "");
  }
  return (await getMeta(app.db, IN_DOUBT)) === week;
}

/**
 * Sends the report to every recipient that has not had the one of this week, each by a mail of its own. The claim
 * comes before the mail: whoever is killed in between sends too few, never two, and the next one says so.
 *
 * @throws AuditorError of the first recipient that failed, after all were tried; those can be tried again
 */
export async function sendWeekly(app: App, week?: string): Promise<Sent> {
  const route = app.config.routes.mail;
  if (route === null)
    throw new AuditorError(
      "config",
      "routes.mail",
      "it is not set, so there is nobody to send a report to",
      "add routes.mail to the configuration",
    );
  const { report, subject, text, mailHtml, images } = await weeklyReport(app, week);
  const at = nowOf(app.clock);
  const mail = mailer({
    host: route.host,
    port: route.port,
    secure: route.secure,
    from: route.from,
    user: route.user === null ? null : await app.secret(route.user),
    password: route.password === null ? null : await app.secret(route.password),
  });
  const total = { sent: 0, hadIt: 0, inDoubt: await wasCutOff(app, report.week) };
  const failures: AuditorError[] = [];
  try {
    for (const to of new Set(route.to)) {
      if (!(await app.notices.claimReport(to, report.week, at))) {
        total.hadIt++;
        continue;
      }
      await putMeta(app.db, IN_FLIGHT, report.week);
      failpoint("report.claimed");
      try {
        await mail.send({ to, subject, html: mailHtml, text, images, name: report.week });
        total.sent++;
        failpoint("report.sent");
      } catch (error) {
        await app.notices.releaseReport(to, report.week);
        if (!(error instanceof AuditorError)) throw error;
        failures.push(error);
      }
      await putMeta(app.db, IN_FLIGHT, "");
    }
  } finally {
    mail.close();
  }
  await putReport(app.db, report.week, at, report);
  failpoint("report.kept");
  app.log.info("report.sent", {
    week: report.week,
    sent: total.sent,
    hadIt: total.hadIt,
    failed: failures.length,
  });
  if (failures[0] !== undefined) throw failures[0];
  return { week: report.week, ...total };
}
