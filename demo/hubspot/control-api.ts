import { Lines } from "../sim/control.ts";
import type { AccountSettings } from "./account.ts";
import type { HubspotControl } from "./control.ts";
import type { SeedPerson, SimEmail, SimFlow, Source, SubscriptionStatus } from "./model.ts";

type Body = Readonly<Record<string, unknown>>;

/** The control for other processes, beyond what every simulator has; null: there is no such thing. */
export function controlAnswer(
  control: HubspotControl,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): unknown {
  const list: readonly unknown[] = Array.isArray(body) ? body : [body];
  const one = (list[0] ?? {}) as Body;
  switch (`${method} ${path}`) {
    case "GET people": {
      const email = query.get("email");
      if (email === null) return new Lines(control.contacts());
      const found = control.find(email);
      return found === null
        ? new Lines([])
        : new Lines([
            { ...found, mailable: control.mailable(email, null), listNames: control.listsOf(email) },
          ]);
    }
    case "POST load":
      control.load(
        (list as readonly (Omit<SeedPerson, "createdAt"> & { createdAt?: string })[]).map(
          ({ createdAt, ...seed }) => (createdAt ? { ...seed, createdAt: new Date(createdAt) } : seed),
        ),
      );
      return { people: control.size() };
    case "POST unload":
      control.unload(list.filter((e) => typeof e === "string"));
      return { people: control.size() };
    case "POST clear":
      control.clear();
      return { people: 0 };
    case "POST lists":
      return {
        lists: (list as readonly (Body & { name: string })[]).map((l) =>
          control.addList(l.name, l as Parameters<HubspotControl["addList"]>[1]),
        ),
      };
    case "POST subscriptions":
      for (const s of list as readonly { id: number; name: string; isDefault?: boolean }[])
        control.addSubscription(s.id, s.name, s);
      return { ok: true };
    case "POST emails":
      for (const e of list as readonly SimEmail[]) control.addEmail(e);
      return { ok: true };
    case "POST flows":
      for (const f of list as readonly SimFlow[]) control.addFlow(f);
      return { ok: true };
    case "POST consent":
      for (const c of list as readonly Body[])
        control.setConsent(
          String(c.email),
          typeof c.subscription === "number" ? c.subscription : null,
          c.status as SubscriptionStatus,
          typeof c.at === "string" ? new Date(c.at) : undefined,
        );
      return { ok: true };
    case "POST property":
      for (const p of list as readonly Body[])
        control.setProperty(
          String(p.email),
          String(p.name),
          typeof p.value === "string" ? p.value : null,
          p.source as Source,
          typeof p.at === "string" ? new Date(p.at) : undefined,
        );
      return { ok: true };
    case "POST scopes":
      control.scopes(list.map(String));
      return { ok: true };
    case "POST settings":
      control.settings(one as Partial<AccountSettings>);
      return { ok: true };
    default:
      return null;
  }
}
