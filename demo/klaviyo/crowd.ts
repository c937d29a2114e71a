import type { SimProfile } from "./model.ts";

const EMAIL = /^crowd-(\d+)@crowd\.example\.test$/;
const ID = /^01CROWD(\d{19})$/;
const SPACING_MS = 1_000;

/**
 * A great many subscribed people on one list, computed from their number when they are asked for, so that a million
 * cost neither time nor memory. Whoever is changed becomes an ordinary record; leavers are remembered by number.
 */
export type Crowd = {
  readonly listId: string;
  readonly count: number;
  /** Joined then, and each next one a second later. */
  readonly fromMs: number;
  readonly left: Set<number>;
};

export const crowdId = (i: number): string => `01CROWD${String(i).padStart(19, "0")}`;
export const crowdEmail = (i: number): string => `crowd-${i}@crowd.example.test`;
export const crowdJoined = (crowd: Crowd, i: number): number => crowd.fromMs + i * SPACING_MS;

const inside = (crowd: Crowd | null, found: RegExpExecArray | null): number | null => {
  const i = found === null ? -1 : Number(found[1]);
  return crowd !== null && i >= 0 && i < crowd.count ? i : null;
};

/** Number of a member of the crowd, by the record's id; null: not one. */
export const crowdIndexOfId = (crowd: Crowd | null, id: string): number | null => inside(crowd, ID.exec(id));
export const crowdIndexOfEmail = (crowd: Crowd | null, email: string): number | null =>
  inside(crowd, EMAIL.exec(email));

export function crowdProfile(crowd: Crowd, i: number): SimProfile {
  const at = crowdJoined(crowd, i);
  return {
    id: crowdId(i),
    email: crowdEmail(i),
    phone: null,
    externalId: `C-${i}`,
    names: { first_name: `First ${i % 1000}`, last_name: `Last ${i % 7919}` },
    location: {},
    properties: { plan: i % 3 === 0 ? "pro" : "free" },
    emailMarketing: {
      consent: "SUBSCRIBED",
      consentAt: at,
      updatedAt: at,
      method: "FORM",
      doubleOptin: false,
      suppressions: [],
      listSuppressions: [],
    },
    sms: { consent: "NEVER_SUBSCRIBED", consentAt: null },
    push: { consent: "NEVER_SUBSCRIBED", consentAt: null },
    createdAt: at,
    updatedAt: at,
  };
}
