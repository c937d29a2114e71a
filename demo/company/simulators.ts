import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type HubspotSim, startHubspotSim } from "../hubspot/server.ts";
import { type KlaviyoSim, startKlaviyoSim } from "../klaviyo/server.ts";
import { type MailchimpSim, startMailchimpSim } from "../mailchimp/server.ts";
import { furnishHubspot, moveHubspot, redoHubspot } from "./hubspot.ts";
import { furnishKlaviyo, moveKlaviyo, redoKlaviyo } from "./klaviyo.ts";
import { furnishMailchimp, moveMailchimp, redoMailchimp } from "./mailchimp.ts";
import type { Moved } from "./moved.ts";

const UNLIMITED = { perTenSeconds: null, perDay: null, searchPerSecond: null };

export type SimulatedName = "hubspot" | "klaviyo" | "mailchimp";
export const SIMULATED: readonly SimulatedName[] = ["hubspot", "klaviyo", "mailchimp"];

/** Where a simulator was and how it was asked, so that the configuration stays the same over a restart. */
export type Place = { readonly port: number; readonly secret: string };
export type Places = Readonly<Record<SimulatedName, Place>>;

/** The company's HubSpot, Klaviyo and Mailchimp. */
export class Simulators {
  readonly hubspot: HubspotSim;
  readonly klaviyo: KlaviyoSim;
  readonly mailchimp: MailchimpSim;
  readonly #folder: string;

  private constructor(folder: string, hubspot: HubspotSim, klaviyo: KlaviyoSim, mailchimp: MailchimpSim) {
    this.#folder = folder;
    [this.hubspot, this.klaviyo, this.mailchimp] = [hubspot, klaviyo, mailchimp];
  }

  /**
   * @param places null: start anew, with empty journals
   * @param send when the campaign that Klaviyo has planned goes out
   */
  static async start(
    folder: string,
    places: Places | null,
    send: { readonly at: Date },
  ): Promise<Simulators> {
    const journal = (name: SimulatedName): string => {
      const file = journalOf(folder, name);
      if (!places) rmSync(file, { force: true });
      return file;
    };
    const hubspot = await again(places?.hubspot, (port, token) =>
      startHubspotSim({
        port,
        ...(token ? { token } : {}),
        journalFile: journal("hubspot"),
        settings: { limits: UNLIMITED },
      }),
    );
    const klaviyo = await again(places?.klaviyo, (port, key) =>
      startKlaviyoSim({ port, ...(key ? { key } : {}), journalFile: journal("klaviyo") }),
    );
    const mailchimp = await again(places?.mailchimp, (port, key) =>
      startMailchimpSim({ port, ...(key ? { key } : {}), journalFile: journal("mailchimp") }),
    );
    // eight weeks of audits in two minutes are no load that a vendor ever sees
    klaviyo.control.setLimits(false);
    furnishHubspot(hubspot.control);
    furnishKlaviyo(klaviyo.control, send);
    furnishMailchimp(mailchimp.control);
    return new Simulators(folder, hubspot, klaviyo, mailchimp);
  }

  get places(): Places {
    const at = (url: string, secret: string): Place => ({ port: Number(new URL(url).port), secret });
    return {
      hubspot: at(this.hubspot.url, this.hubspot.token),
      klaviyo: at(this.klaviyo.url, this.klaviyo.key),
      mailchimp: at(this.mailchimp.url, this.mailchimp.key),
    };
  }

  /** Past the APIs, so that nothing of it is in a journal. */
  move(name: SimulatedName, moved: Iterable<Moved>): void {
    if (name === "hubspot") moveHubspot(this.hubspot.control, moved);
    else if (name === "klaviyo") moveKlaviyo(this.klaviyo.control, moved);
    else moveMailchimp(this.mailchimp.control, moved);
  }

  /** After a restart: what clients did to the systems since the world was made. */
  redo(): void {
    redoHubspot(this.hubspot.control, journaled(this.#folder, "hubspot"));
    redoKlaviyo(this.klaviyo.control, journaled(this.#folder, "klaviyo"));
    redoMailchimp(this.mailchimp.control, journaled(this.#folder, "mailchimp"));
  }

  async close(): Promise<void> {
    await Promise.all([this.hubspot.close(), this.klaviyo.close(), this.mailchimp.close()]);
  }
}

const journalOf = (folder: string, name: SimulatedName): string => join(folder, `${name}-journal.jsonl`);

/** The records that clients left behind, oldest first. */
function journaled<S>(folder: string, name: SimulatedName): S[] {
  const file = journalOf(folder, name);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      // A kill may have cut the last line short; that request was never answered.
      if (!line.endsWith("}")) return [];
      const entry: { effective: boolean; after: S | null } = JSON.parse(line);
      return entry.effective && entry.after !== null ? [entry.after] : [];
    });
}

/** On the port of last time, if it is free. */
async function again<T>(
  place: Place | undefined,
  start: (port: number, secret: string | null) => Promise<T>,
): Promise<T> {
  try {
    return await start(place?.port ?? 0, place?.secret ?? null);
  } catch (e) {
    if (!place || !(e instanceof Error && "code" in e && e.code === "EADDRINUSE")) throw e;
    return start(0, place.secret);
  }
}
