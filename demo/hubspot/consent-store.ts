import type { SimSubscription, SubscriptionStatus } from "./model.ts";

export type Decision = {
  readonly status: SubscriptionStatus;
  readonly at: number;
  readonly source: string;
  readonly legalBasis: string | null;
};

type Preferences = {
  /** Opted out of all email, since when. */
  readonly optedOutAt: number | null;
  readonly types: Readonly<Record<number, Decision>>;
};

const NONE: Preferences = { optedOutAt: null, types: {} };

/** What people said about mail, by address: it needs no contact and outlives one. */
export class ConsentStore {
  readonly #byEmail = new Map<string, Preferences>();
  #definitions: SimSubscription[] = [];
  onChange: () => void = () => undefined;

  get definitions(): readonly SimSubscription[] {
    return this.#definitions;
  }

  define(definition: SimSubscription): void {
    this.#definitions = [...this.#definitions.filter((d) => d.id !== definition.id), definition];
  }

  of(email: string): Preferences {
    return this.#byEmail.get(email.toLowerCase()) ?? NONE;
  }

  decide(email: string, subscriptionId: number, decision: Decision): void {
    const before = this.of(email);
    this.#put(email, { ...before, types: { ...before.types, [subscriptionId]: decision } });
  }

  /** Also lifts it (`null`), as HubSpot does when somebody is subscribed again. */
  optOut(email: string, at: number | null): void {
    this.#put(email, { ...this.of(email), optedOutAt: at });
  }

  forget(email: string): void {
    this.#byEmail.delete(email.toLowerCase());
    this.onChange();
  }

  clear(): void {
    this.#byEmail.clear();
    this.onChange();
  }

  /** Out of everything is out of each. */
  status(email: string, subscriptionId: number): SubscriptionStatus {
    const { optedOutAt, types } = this.of(email);
    return optedOutAt !== null ? "UNSUBSCRIBED" : (types[subscriptionId]?.status ?? "NOT_SPECIFIED");
  }

  #put(email: string, preferences: Preferences): void {
    this.#byEmail.set(email.toLowerCase(), preferences);
    this.onChange();
  }
}
