import type { Score } from "../../app/api/contract.ts";

/** Of the story: Active customers in Klaviyo, with Google Ads unread. */
export const score: Score = {
  value: 9,
  atMost: true,
  heldBy: "consent",
  text: "Held down by consent safety. Do not contact: 1,204 opted-out people can be mailed from Klaviyo. It may be lower: agreement and stability can’t be told in full.",
  parts: [
    {
      dimension: "consent",
      value: 9,
      state: "known",
      blind: [],
      text: "Do not contact: 1,204 opted-out people can be mailed from Klaviyo.",
    },
    {
      dimension: "agreement",
      value: 50,
      state: "partly",
      blind: ["Google Ads"],
      text: "Active customers: INC-1043: Active customers is too large in Klaviyo; Google Ads could not be judged.",
    },
    {
      dimension: "completeness",
      value: 93,
      state: "known",
      blind: [],
      text: "Trial: “plan” is valid for 93 % in HubSpot.",
    },
    {
      dimension: "freshness",
      value: 100,
      state: "known",
      blind: [],
      text: "Every copy is as new as it should be.",
    },
    {
      dimension: "stability",
      value: null,
      state: "cant_tell",
      blind: ["Google Ads"],
      text: "Can’t tell: Google Ads could not be judged.",
    },
    {
      dimension: "readability",
      value: 50,
      state: "known",
      blind: [],
      text: "Active customers: The last reading of Google Ads was not complete, 7 of 10 were.",
    },
  ],
};

/** Nothing wrong and nothing unknown. */
export const fullScore: Score = {
  value: 100,
  atMost: false,
  heldBy: null,
  text: "Nothing is wrong that Plumbline looks at.",
  parts: score.parts.map((p) => ({ ...p, value: 100, state: "known" as const, blind: [], text: "" })),
};

/** Nothing wrong in what was read, and Klaviyo not read. */
export const unknownScore: Score = {
  value: 80,
  atMost: true,
  heldBy: "unknown",
  text: "No more is claimed while consent safety can’t be told in full.",
  parts: fullScore.parts.map((p) =>
    p.dimension === "consent"
      ? {
          ...p,
          value: null,
          state: "cant_tell" as const,
          blind: ["Klaviyo"],
          text: "Can’t tell: Do not contact could not be judged.",
        }
      : p,
  ),
};
