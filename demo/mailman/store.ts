/** Plain state of a Mailman server. Addresses are kept in lower case, as Mailman does. */
export type Delivery = "enabled" | "by_user" | "by_bounces" | "by_moderator" | "unknown";
export const DELIVERIES: readonly Delivery[] = [
  "enabled",
  "by_user",
  "by_bounces",
  "by_moderator",
  "unknown",
];

export type Member = {
  readonly id: string;
  readonly email: string;
  readonly listId: string;
  delivery: Delivery;
};
export type MailingList = {
  readonly id: string;
  readonly address: string;
  readonly members: Member[];
  readonly bans: Set<string>;
  /** Asked to join, and wait for a confirmation. */
  readonly pending: Set<string>;
};
export type Address = { readonly email: string; readonly userId: string; displayName: string };

export class MailmanStore {
  readonly lists = new Map<string, MailingList>();
  readonly addresses = new Map<string, Address>();
  /** Display names of accounts; an address without one shows its account's. */
  readonly users = new Map<string, { displayName: string }>();
  readonly bans = new Set<string>();
  /** Mail that would have gone out, oldest first: kind and address. */
  readonly mail: { readonly kind: "confirm" | "welcome" | "goodbye"; readonly email: string }[] = [];
  #next = 1;

  id(): string {
    return (this.#next++).toString(16).padStart(32, "0");
  }

  list(name: string): MailingList | undefined {
    return [...this.lists.values()].find((l) => l.id === name || l.address === name);
  }

  address(email: string, displayName: string): Address {
    const known = this.addresses.get(email);
    if (known !== undefined) return known;
    const address = { email, userId: this.id(), displayName };
    this.addresses.set(email, address);
    this.users.set(address.userId, { displayName });
    return address;
  }

  displayName(email: string): string {
    const address = this.addresses.get(email);
    if (address === undefined) return "";
    return address.displayName || this.users.get(address.userId)?.displayName || "";
  }

  /** Every membership, by list and then by address: the order in which Mailman pages. */
  members(): readonly Member[] {
    return [...this.lists.values()].flatMap((l) => l.members);
  }

  member(id: string): Member | undefined {
    return this.members().find((m) => m.id === id);
  }

  join(list: MailingList, email: string, delivery: Delivery): Member {
    const member: Member = { id: this.id(), email, listId: list.id, delivery };
    const at = list.members.findIndex((m) => m.email > email);
    list.members.splice(at < 0 ? list.members.length : at, 0, member);
    return member;
  }

  leave(list: MailingList, email: string): boolean {
    const at = list.members.findIndex((m) => m.email === email);
    if (at >= 0) list.members.splice(at, 1);
    return at >= 0;
  }

  /** Exact bans are compared as they were written; patterns without regard to case. */
  isBanned(list: MailingList, email: string): boolean {
    const all = [...list.bans, ...this.bans];
    return all.some((b) => (b.startsWith("^") ? new RegExp(b, "i").test(email) : b === email));
  }
}
