import type { HubspotControl } from "../hubspot/control.ts";
import type { ContactState, SeedPerson } from "../hubspot/model.ts";
import { LIST_TITLES } from "./lists.ts";
import type { Moved } from "./moved.ts";
import { consentIn, inList, planIn } from "./packed.ts";
import { LISTS } from "./population.ts";

/** The subscription type that newsletters and offers go out under. */
export const NEWSLETTER = { id: 4711, name: "Newsletter and offers" };

/** Lists and the subscription type, as the company's people once made them. */
export function furnishHubspot(control: HubspotControl): void {
  control.addSubscription(NEWSLETTER.id, NEWSLETTER.name, { isActive: true });
  for (const list of LISTS) control.addList(LIST_TITLES[list]);
}

function* seeds(moved: Iterable<Moved>): Generator<SeedPerson> {
  for (const m of moved)
    yield {
      email: m.person.email,
      properties: { firstname: m.person.firstName, plan: planIn(m.packed), country: m.person.country },
      lists: LISTS.filter((list) => inList(m.packed, list)).map((list) => LIST_TITLES[list]),
      optedOut: consentIn(m.packed) !== "subscribed",
      subscriptions: {
        [NEWSLETTER.id]: consentIn(m.packed) === "subscribed" ? "SUBSCRIBED" : "UNSUBSCRIBED",
      },
      createdAt: m.joinedAt,
    };
}

/** Brings the simulator from one day to the next, past its API. */
export function moveHubspot(control: HubspotControl, moved: Iterable<Moved>): void {
  control.load(seeds(moved));
}

/** What clients left behind, once more. */
export function redoHubspot(control: HubspotControl, states: readonly ContactState[]): void {
  control.load(states);
}
