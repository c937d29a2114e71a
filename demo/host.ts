import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Clock } from "../core/clock.ts";
import { type DemoSecrets, demoConfig } from "./company/config.ts";
import { DemoWorld } from "./company/world.ts";
import { type MailServer, startMail } from "./mail/server.ts";
import { type SlackServer, startSlack } from "./slack/server.ts";

export type StartRequest = {
  /** People on day 56: a number, or `1k`, `10k`, `100k`, `1m`. */
  readonly size: string | number;
  readonly seed: number;
  /** Day 56, ISO date. */
  readonly today: string;
  /** Take up a world that was made before in this folder. */
  readonly resume?: boolean;
  readonly warehouseAdminUrl: string;
  readonly folder: string;
  readonly hostile?: boolean;
  readonly faults?: boolean;
};

export type Started = {
  readonly configYaml: string;
  /** Values of the configuration's `${env:…}`. */
  readonly env: Readonly<Record<DemoSecrets, string>>;
  /** GET: JSON of the messages, see demo/slack and demo/mail. */
  readonly slackUrl: string;
  readonly mailUrl: string;
};

/** @example peopleOf("10k") // 10000 */
export function peopleOf(size: string | number): number {
  const match = /^(\d+)(k|m)?$/i.exec(String(size));
  const people =
    Number(match?.[1] ?? Number.NaN) *
    { k: 1_000, m: 1_000_000, "": 1 }[(match?.[2] ?? "").toLowerCase() as "k" | "m" | ""];
  if (!(people >= 500 && people <= 2_000_000))
    throw new RangeError(`demo: size is ${size} → use 10k, 100k, 1m or a number from 500 on`);
  return people;
}

const PLACES = "ports.json";
type Places = { readonly slack: number; readonly smtp: number };

function recall(folder: string): Places | null {
  const file = join(folder, PLACES);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

/** On the port of last time, so that the configuration stays the same; on any free one if that is taken. */
async function again<T>(start: (port: number) => Promise<T>, port: number | undefined): Promise<T> {
  try {
    return await start(port ?? 0);
  } catch (e) {
    if (port === undefined || !(e instanceof Error && "code" in e && e.code === "EADDRINUSE")) throw e;
    return start(0);
  }
}

/** The whole demo outside Plumbline: the company's systems, its Slack and its mail. One per process, or many in a test. */
export class DemoHost {
  readonly world: DemoWorld;
  readonly slack: SlackServer;
  readonly mail: MailServer;
  readonly started: Started;

  private constructor(world: DemoWorld, slack: SlackServer, mail: MailServer, started: Started) {
    this.world = world;
    this.slack = slack;
    this.mail = mail;
    this.started = started;
  }

  static async start(request: StartRequest, clock: Clock): Promise<DemoHost> {
    const size = peopleOf(request.size);
    const folder = resolve(request.folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const places = request.resume ? recall(folder) : null;
    const file = join(folder, "slack.json");
    const mailbox = join(folder, "mail.json");
    if (!request.resume) for (const old of [file, mailbox]) rmSync(old, { force: true });
    const slack = await again((port) => startSlack({ port, file }), places?.slack);
    const mail = await again((smtpPort) => startMail({ smtpPort, file: mailbox }), places?.smtp);
    writeFileSync(
      join(folder, PLACES),
      JSON.stringify({ slack: Number(new URL(slack.apiUrl).port), smtp: mail.smtpPort }),
    );
    const world = await DemoWorld.start({
      size,
      seed: request.seed,
      today: request.today,
      now: clock.now(),
      warehouseAdminUrl: request.warehouseAdminUrl,
      folder,
      resume: request.resume ?? false,
      faults: request.faults ?? true,
    }).catch(async (e: unknown) => {
      await Promise.all([slack.close(), mail.close()]);
      throw e;
    });
    const configYaml = demoConfig({
      hubspotUrl: world.simulators.hubspot.url,
      klaviyoUrl: world.simulators.klaviyo.url,
      mailchimpUrl: world.simulators.mailchimp.url,
      adsFolder: world.adsFolder,
      slackApiUrl: slack.apiUrl,
      smtpPort: mail.smtpPort,
      today: request.today,
      hostile: request.hostile ?? false,
    });
    const env = {
      DEMO_WAREHOUSE_DSN: world.warehouse.dsn,
      DEMO_WAREHOUSE_WRITE_DSN: world.warehouse.writeDsn,
      DEMO_HUBSPOT_READ_TOKEN: world.simulators.hubspot.readToken,
      DEMO_HUBSPOT_TOKEN: world.simulators.hubspot.token,
      DEMO_KLAVIYO_KEY: world.simulators.klaviyo.key,
      DEMO_MAILCHIMP_KEY: world.simulators.mailchimp.key,
      DEMO_SLACK_TOKEN: slack.token,
    };
    return new DemoHost(world, slack, mail, {
      configYaml,
      env,
      slackUrl: slack.messagesUrl,
      mailUrl: mail.url,
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.slack.close(), this.mail.close(), this.world.close()]);
  }

  /** Closes, and removes the company's database. */
  async dispose(): Promise<void> {
    await Promise.all([this.slack.close(), this.mail.close(), this.world.dispose()]);
  }
}
