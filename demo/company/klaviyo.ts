import type { PersonState } from "../klaviyo/account.ts";
import type { KlaviyoControl } from "../klaviyo/control.ts";
import type { SeedProfile } from "../klaviyo/model.ts";
import { LIST_TITLES } from "./lists.ts";
import type { Moved } from "./moved.ts";
import { consentIn, inList, isMailable, planIn } from "./packed.ts";
import { LISTS } from "./population.ts";

/** Lists, a segment, a flow and a planned campaign, as the company's people once made them. */
export function furnishKlaviyo(control: KlaviyoControl, send: { readonly at: Date }): void {
  const lists = new Map(LISTS.map((list) => [list, control.addList(LIST_TITLES[list]).id]));
  const [trial, vip] = [lists.get("trial") ?? "", lists.get("vip") ?? ""];
  control.addFlow({ name: "Welcome to the trial", status: "live", trigger: { type: "list", id: trial } });
  control.addCampaign({
    name: "Early access",
    included: [vip],
    status: "Scheduled",
    channel: "email",
    sendTime: send.at,
  });
}

const reasons = (m: Moved): SeedProfile["suppressions"] => {
  if (isMailable(m.packed)) return [];
  return [consentIn(m.packed) === "complained" ? "SPAM_COMPLAINT" : "UNSUBSCRIBE"];
};

function* seeds(moved: Iterable<Moved>): Generator<SeedProfile> {
  for (const m of moved)
    yield {
      email: m.person.email,
      names: { first_name: m.person.firstName },
      properties: { Plan: planIn(m.packed), Country: m.person.country },
      consent: isMailable(m.packed) ? "SUBSCRIBED" : "UNSUBSCRIBED",
      ...(m.optedOutAt ? { consentAt: m.optedOutAt } : {}),
      suppressions: reasons(m) ?? [],
      lists: LISTS.filter((list) => inList(m.packed, list)).map((list) => LIST_TITLES[list]),
      createdAt: m.joinedAt,
    };
}

/** Brings the simulator from one day to the next, past its API. */
export function moveKlaviyo(control: KlaviyoControl, moved: Iterable<Moved>): void {
  control.load(seeds(moved));
}

/** What clients left behind, once more. */
export function redoKlaviyo(control: KlaviyoControl, states: readonly PersonState[]): void {
  control.load(states);
}
