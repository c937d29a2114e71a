import { describe, expect, it } from "vitest";
import { hostGuard } from "./host-guard.ts";

const names: Record<string, string[]> = {
  "api.example.com": ["93.184.216.34"],
  "inner.example.com": ["93.184.216.34", "10.0.0.7"],
  "six.example.com": ["fd12::1"],
  "loop.example.com": ["127.0.0.1"],
  "meta.example.com": ["169.254.169.254"],
  "clothes.example.com": ["::ffff:169.254.169.254"],
};
const lookup = async (host: string) => {
  const found = names[host];
  if (!found) throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
  return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
};
const ask = (url: string, privateNetwork = false) =>
  hostGuard(lookup, privateNetwork)(new URL(url), "shop").then(
    () => "lets through",
    (e: unknown) => String(e),
  );

describe("host guard", () => {
  it.each([
    "https://api.example.com/",
    "http://127.0.0.1:8001/",
    "http://localhost/",
    "http://[::1]/",
    "https://10.1.2.3/",
  ])("lets %s through: public, or an address that somebody wrote down", async (url) =>
    expect(await ask(url)).toBe("lets through"),
  );
  it.each(["https://inner.example.com/", "https://six.example.com/", "https://loop.example.com/"])(
    "refuses %s: a name that leads into a private network",
    async (url) => {
      expect(await ask(url)).toMatch(/leads into a private network.*private_network: true/);
      expect(await ask(url, true)).toBe("lets through");
    },
  );
  it.each([
    "https://meta.example.com/",
    "https://clothes.example.com/",
    "http://169.254.169.254/latest/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fe80::1]/",
    "http://0.0.0.0/",
    "http://2852039166/",
  ])("never lets %s through", async (url) => expect(await ask(url, true)).toMatch(/link-local or reserved/));
  it("leaves a name that cannot be looked up to the request itself", async () =>
    expect(await ask("https://nowhere.example.com/")).toBe("lets through"));
});
